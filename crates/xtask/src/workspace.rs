//! The workspace as `cargo metadata` tells it, with crates named by their place in the house.

use anyhow::Context as _;
use cargo_metadata::camino::{Utf8Path, Utf8PathBuf};
use cargo_metadata::{DependencyKind, MetadataCommand, Package};

/// All crates of the workspace and where it keeps things.
#[derive(Debug)]
pub(crate) struct Workspace {
    pub(crate) root: Utf8PathBuf,
    pub(crate) target: Utf8PathBuf,
    pub(crate) crates: Vec<Crate>,
}

/// One crate of ours.
#[derive(Debug)]
pub(crate) struct Crate {
    /// Where it stands below the root, e.g. `crates/domain`.
    pub(crate) place: String,
    pub(crate) dir: Utf8PathBuf,
    /// The root files of its library, binaries, tests, examples and build script.
    pub(crate) root_files: Vec<Utf8PathBuf>,
    pub(crate) dependencies: Vec<Dependency>,
}

/// One line of a manifest's dependencies.
#[derive(Debug)]
pub(crate) struct Dependency {
    pub(crate) on: On,
    /// Whether only tests, examples and benchmarks see it.
    pub(crate) dev: bool,
}

/// What a dependency is on.
#[derive(Debug)]
pub(crate) enum On {
    /// A crate of ours, by its place.
    Ours(String),
    /// Somebody else's crate, by its name on crates.io.
    Vendor(String),
}

impl Workspace {
    /// Reads the manifests; no network, and no build.
    pub(crate) fn load() -> anyhow::Result<Self> {
        let metadata = MetadataCommand::new().no_deps().exec().context("run cargo metadata")?;
        let root = metadata.workspace_root.clone();
        let crates = metadata.workspace_packages().into_iter().map(|package| read_crate(&root, package));
        Ok(Self { crates: crates.collect(), target: metadata.target_directory.clone(), root })
    }
}

fn read_crate(root: &Utf8Path, package: &Package) -> Crate {
    let dir = package.manifest_path.parent().unwrap_or(root).to_owned();
    let dependencies = package.dependencies.iter().map(|dependency| Dependency {
        on: match &dependency.path {
            Some(path) => On::Ours(place(root, path)),
            None => On::Vendor(dependency.name.clone()),
        },
        dev: dependency.kind == DependencyKind::Development,
    });
    Crate {
        place: place(root, &dir),
        root_files: package.targets.iter().map(|target| target.src_path.clone()).collect(),
        dependencies: dependencies.collect(),
        dir,
    }
}

fn place(root: &Utf8Path, dir: &Utf8Path) -> String {
    dir.strip_prefix(root).unwrap_or(dir).as_str().replace('\\', "/")
}
