//! The disk is full: Davy's, on a small file system of its own, or that of NATS. Needs the right to mount one.

use std::{
    fs,
    io::Write as _,
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};

use tempfile::TempDir;
use testkit::client::v1;

use super::scene::{Scene, Setting, alone, await_status, form, say};

const CHUNK: usize = 1 << 20;

/// A file system in memory.
struct Disk {
    dir: TempDir,
}

impl Disk {
    /// `None`, with a printed line, where it cannot be mounted.
    fn mount(mib: u32) -> Option<Self> {
        let dir = tempfile::tempdir().unwrap();
        let size = format!("size={mib}m");
        let mount =
            Command::new("mount").args(["-t", "tmpfs", "-o", &size, "davy-faults"]).arg(dir.path()).output();
        if mount.is_ok_and(|ran| ran.status.success()) {
            return Some(Self { dir });
        }
        say("skipped: a full disk needs the right to mount a file system");
        None
    }

    fn path(&self) -> PathBuf {
        self.dir.path().join("data")
    }

    /// Writes until nothing more can be written.
    fn fill(&self) {
        let mut file = fs::File::options().create(true).append(true).open(self.ballast()).unwrap();
        let mut size = CHUNK;
        while size > 0 {
            if file.write_all(&vec![0x5a; size]).is_err() {
                size /= 2;
            }
        }
    }

    fn free(&self) {
        fs::remove_file(self.ballast()).unwrap();
    }

    fn ballast(&self) -> PathBuf {
        self.dir.path().join("ballast")
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        let unmounted = |dir: &Path| Command::new("umount").arg("-l").arg(dir).status();
        let _said = unmounted(self.dir.path());
    }
}

#[test]
fn the_disk_of_the_store_is_filled_and_freed() {
    let _alone = alone();
    let Some(disk) = Disk::mount(256) else { return };
    let mut scene = Scene::set("full", Setting { data_dir: Some(disk.path()), ..Setting::default() });
    let times = form(2, 20);
    for _ in 0..times {
        scene.publish(400);
        disk.fill();
        await_status(&mut scene.davy, "it to say that the disk is full", |status| {
            status.phase() == v1::Phase::OutOfSpace
        });
        scene.publish(400);
        disk.free();
        scene.catch_up();
    }
    scene.publish(100);
    scene.finish(&format!("disk of the store filled and freed {times} times"));
}

#[test]
fn the_disk_of_the_log_is_filled_and_freed() {
    let _alone = alone();
    let Some(disk) = Disk::mount(64) else { return };
    let mut scene = Scene::set("nats-full", Setting { nats_dir: Some(disk.path()), ..Setting::default() });
    scene.publish(400);
    disk.fill();
    // Until NATS confirms nothing any more.
    let confirmed = scene.confirmed.clone();
    let mut before = usize::MAX;
    while confirmed.count() != before {
        before = confirmed.count();
        std::thread::sleep(Duration::from_secs(1));
    }
    scene.answer(20);
    disk.free();
    // JetStream switches itself off where it cannot write, until the server is started again.
    scene.nats().restart().unwrap();
    scene.publish(400);
    scene.finish("disk of the log filled and freed");
}
