//! Holds the dependencies of every crate, those of its tests too, against the layer table.

use super::Finding;
use super::table::{LAYERS, Layer, Vendors, WALLS, Wall};
use crate::workspace::{Crate, Dependency, On, Workspace};

pub(super) fn check(workspace: &Workspace) -> Vec<Finding> {
    let mut findings: Vec<Finding> = workspace.crates.iter().flat_map(check_crate).collect();
    let gone = LAYERS.iter().filter(|layer| workspace.crates.iter().all(|it| it.place != layer.place));
    findings.extend(
        gone.map(|layer| Finding::new(layer.place, "the layer table lists it, but it does not exist")),
    );
    findings
}

fn check_crate(it: &Crate) -> Vec<Finding> {
    let Some(layer) = LAYERS.iter().find(|layer| layer.place == it.place) else {
        return vec![Finding::new(
            &it.place,
            "the layer table (crates/xtask/src/tidy/table.rs) does not list it",
        )];
    };
    let objections = it.dependencies.iter().filter_map(|dependency| objection(layer, dependency));
    objections.map(|what| Finding::new(&it.place, what)).collect()
}

/// Why this dependency may not be; `None` when it may.
fn objection(layer: &Layer, dependency: &Dependency) -> Option<String> {
    let kind = if dependency.dev { "in its tests" } else { "in its code" };
    let name = match &dependency.on {
        On::Ours(place) | On::Vendor(place) => place.as_str(),
    };
    if dependency.dev && layer.dev.contains(&name) {
        return None;
    }
    match &dependency.on {
        // A crate may name itself in its tests, to switch on a feature of its own.
        On::Ours(place) if place == layer.place => None,
        On::Ours(place) if layer.ours.contains(&place.as_str()) => None,
        On::Ours(place) => Some(format!("may not use {place} {kind}: {} {}", layer.place, layer.reason)),
        On::Vendor(vendor) => vendor_objection(layer, vendor, kind),
    }
}

fn vendor_objection(layer: &Layer, vendor: &str, kind: &str) -> Option<String> {
    match layer.vendors {
        Vendors::Only(allowed) if allowed.contains(&vendor) => None,
        Vendors::Only(_) => Some(format!("may not use {vendor} {kind}: {} {}", layer.place, layer.reason)),
        Vendors::Unwalled => {
            let wall =
                WALLS.iter().find(|wall| stands_for(wall, vendor) && !wall.places.contains(&layer.place))?;
            let places = wall.places.join(", ");
            Some(format!("may not use {vendor} {kind}: only {places} may, since {}", wall.reason))
        }
    }
}

fn stands_for(wall: &Wall, vendor: &str) -> bool {
    match wall.vendor.strip_suffix('*') {
        Some(family) => vendor.starts_with(family),
        None => vendor == wall.vendor,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_boundary_holds_for_code_and_tests() {
        let vendor = |name: &str| On::Vendor(name.to_owned());
        let ours = |place: &str| On::Ours(place.to_owned());
        assert_eq!(told("crates/engine", ours("crates/domain"), false), None);
        assert_eq!(told("crates/jetstream", ours("crates/devkit"), true), None);
        for (place, on, dev) in [
            ("crates/engine", ours("crates/wire"), true),
            ("crates/engine", vendor("sled"), false),
            ("crates/store", vendor("async-nats"), true),
            ("crates/jetstream", ours("crates/devkit"), false),
            ("crates/app", vendor("clap_complete"), false),
            ("crates/web", vendor("tonic-health"), false),
            ("crates/domain", vendor("serde"), false),
            ("tests", ours("crates/store"), true),
        ] {
            let shown = format!("{place} {on:?}");
            assert!(told(place, on, dev).is_some(), "{shown}");
        }
    }

    #[test]
    fn an_objection_says_who_may_and_why() {
        let told = told("crates/app", On::Vendor("sled".to_owned()), true).unwrap();
        assert_eq!(told, "may not use sled in its tests: only crates/store may, since the store is a port");
    }

    fn told(place: &str, on: On, dev: bool) -> Option<String> {
        let layer = LAYERS.iter().find(|layer| layer.place == place).unwrap();
        objection(layer, &Dependency { on, dev })
    }
}
