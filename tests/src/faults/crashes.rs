//! The process dies, at any point.

use std::{fs, time::Duration};

use super::scene::{Scene, alone, form};
use crate::generated::Numbers;

#[test]
fn it_is_killed_forty_times() {
    let _alone = alone();
    let mut scene = Scene::start("crashes");
    let mut numbers = Numbers::new(11);
    let kills = form(40, 400);
    for life in 0..kills {
        if life % 2 == 0 {
            // In the middle of the batches of this life.
            scene.answer(1);
        }
        // While starting, folding, flushing: wherever it is after so long.
        std::thread::sleep(Duration::from_millis(30 + numbers.below(500) as u64));
        scene.davy.kill().unwrap();
        scene.davy.spawn().unwrap();
    }
    scene.publish(200);
    scene.catch_up();
    scene.finish(&format!("killed {kills} times"));
}

#[test]
fn it_is_killed_while_it_rebuilds() {
    let _alone = alone();
    let mut scene = Scene::start("rebuilds");
    let mut numbers = Numbers::new(13);
    scene.publish(form(2_000, 20_000));
    let kills = form(8, 60);
    for life in 0..kills {
        scene.davy.kill().unwrap();
        if life % 2 == 0 {
            fs::remove_dir_all(scene.davy.data_dir().join("projection")).unwrap();
        }
        scene.davy.spawn().unwrap();
        std::thread::sleep(Duration::from_millis(100 + numbers.below(900) as u64));
    }
    scene.catch_up();
    scene.finish(&format!("killed {kills} times while rebuilding"));
}
