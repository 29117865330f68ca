//! NATS dies, hangs, and loses Davy's consumers and the stream.

use std::{
    fs,
    time::{Duration, Instant},
};

use serde_json::Value;
use testkit::{Davy, Stream, client::v1, send_signal};

use super::scene::{Scene, Setting, alone, await_status, form};
use crate::block_on;

#[test]
fn nats_is_killed_again_and_again() {
    let _alone = alone();
    let mut scene = Scene::start("killed");
    let kills = form(4, 40);
    for _ in 0..kills {
        scene.publish(250);
        scene.nats().kill9().unwrap();
        // What is folded is answered meanwhile.
        scene.answer(10);
        scene.nats().restart().unwrap();
    }
    scene.publish(250);
    scene.finish(&format!("nats-server killed {kills} times"));
}

#[test]
fn nats_hangs() {
    let _alone = alone();
    let mut scene = Scene::start("hangs");
    scene.publish(500);
    let (pid, pause) = (scene.nats().pid().unwrap(), form(Duration::from_secs(12), Duration::from_secs(60)));
    send_signal(pid, "STOP").unwrap();
    let (hung, before) = (Instant::now(), scene.probing.answers());
    while hung.elapsed() < pause {
        // A question waits for a position at most for its deadline.
        scene.answer(5);
    }
    let answered = scene.probing.answers() - before;
    send_signal(pid, "CONT").unwrap();
    scene.publish(500);
    scene.finish(&format!("nats-server hung for {} s, {answered} answers meanwhile", pause.as_secs()));
}

#[test]
fn its_consumers_are_deleted() {
    let _alone = alone();
    let scene = Scene::start("consumers");
    let stream = block_on(Stream::connect(&scene.nats_url())).unwrap();
    let mut deleted = 0;
    for _ in 0..form(20, 200) {
        scene.publish(60);
        deleted += block_on(stream.delete_consumers()).unwrap();
    }
    assert!(deleted > 0);
    scene.finish(&format!("{deleted} consumers deleted while folding"));
}

#[test]
fn its_stream_is_made_anew_by_hand() {
    let _alone = alone();
    let mut scene = Scene::start("first");
    scene.publish(600);
    scene.pause();
    scene.catch_up();
    let old = scene.messages();
    let stream = block_on(Stream::connect(&scene.nats_url())).unwrap();
    let mut config = block_on(stream.config()).unwrap();
    block_on(stream.delete()).unwrap();
    await_status(&mut scene.davy, "it to miss the stream", |status| !status.problem.is_empty());
    config["metadata"]["davy.incarnation"] = "00000000-0000-5000-8000-000000000000".into();
    block_on(stream.create(&config)).unwrap();
    // The new one holds less: nothing is folded on top, and what was folded is answered.
    let told = await_status(&mut scene.davy, "it to tell of another stream", |status| {
        status.phase() == v1::Phase::Diverged && status.problem.contains("--accept-log")
    });
    scene.answer(20);
    scene.judge_answers(&old, &told.problem);
    scene.confirmed.forget();
    succeeds(&scene.davy, &["rebuild", "--accept-log", "--reason", "made anew"]);
    // What was asked between the two is of neither.
    scene.judge_nothing();
    scene.go_on("second");
    scene.publish(600);
    scene.finish("stream deleted, made anew and accepted");
}

#[test]
fn its_stream_is_lost_and_restored_from_a_backup() {
    let _alone = alone();
    let mut scene = Scene::start("lost");
    scene.publish(1_000);
    scene.pause();
    scene.catch_up();
    let backup = scene.davy.write("backup.ndjson.gz", "").unwrap();
    fs::remove_file(&backup).unwrap();
    let backup = backup.to_str().unwrap();
    succeeds(&scene.davy, &["log", "export", backup]);
    block_on(block_on(Stream::connect(&scene.nats_url())).unwrap().delete()).unwrap();
    await_status(&mut scene.davy, "it to miss the stream", |status| !status.problem.is_empty());
    scene.answer(10);
    succeeds(&scene.davy, &["log", "restore", backup]);
    await_status(&mut scene.davy, "it to go on", |status| status.problem.is_empty());
    scene.go_on("restored");
    scene.publish(600);
    scene.finish("stream deleted and restored from a backup");
}

fn succeeds(davy: &Davy, arguments: &[&str]) {
    let ran = davy.run(arguments.iter().copied()).unwrap();
    assert_eq!(ran.code, 0, "davy {}: {}{}\n{}", arguments.join(" "), ran.stdout, ran.stderr, davy.log());
}

#[test]
fn the_child_of_davy_up_is_killed() {
    let _alone = alone();
    let scene = Scene::set("child", Setting { own_nats: true, ..Setting::default() });
    let record = scene.davy.data_dir().join("nats").join("server.json");
    let pid =
        || serde_json::from_slice::<Value>(&fs::read(&record).unwrap()).unwrap()["pid"].as_u64().unwrap();
    let kills = form(3, 30);
    for _ in 0..kills {
        scene.publish(200);
        send_signal(pid() as u32, "KILL").unwrap();
        scene.answer(10);
    }
    // Published only if there is a server again, on the same port and store.
    scene.publish(200);
    let told = scene.davy.log().matches("it is started again").count();
    assert_eq!(told, kills, "{}", scene.davy.log());
    scene.finish(&format!("nats-server child of davy up killed {kills} times"));
}
