//! What the indicator says of a sync, looked at before every transaction of it.

use crate::device::Device;
use crate::world::World;
use client::message::{Event, SyncPhase, SyncStatus};
use std::rc::Rc;
use std::time::Duration;
use store::Store;
use store_sql::testing::Place;

/// Nothing is called sent, and nothing up to date, before the server's answer to it is in the database.
pub async fn nothing_is_called_synced_before_the_servers_answer_is_stored(place: &Place) {
    let world = Rc::new(World::new(place).await);
    let device = Device::synced(&world, "rep-fr").await;
    let account = device.editable("account", 1).await[0];
    device.save("account", account, "telephone1", "77").await;
    world.pass(90);
    let before = device.status().await;
    assert_eq!(before.pending, 1);
    let mut told = before.clone();
    device.heard.take();
    device.gate.shut();
    let mut sync = Box::pin(device.session.sync_once());
    let (mut looks, mut was_answered) = (0, false);
    loop {
        let outcome = tokio::time::timeout(Duration::from_millis(20), &mut sync).await;
        if let Ok(outcome) = outcome {
            outcome.unwrap();
            break;
        }
        if !device.gate.is_busy() {
            continue;
        }
        looks += 1;
        told = last_told(&device).unwrap_or(told);
        let kept = Store::open(Rc::new(device.blocks.handle())).await.unwrap().journal();
        assert_eq!(told.pending as usize, kept.len(), "look {looks}: what is told is what is on disk");
        let is_called_done = told.phase == SyncPhase::Idle && told.synced_at != before.synced_at;
        let is_answer_kept = kept.is_empty() && looks > 1;
        assert!(!is_called_done || is_answer_kept, "look {looks}: {told:?}");
        was_answered |= device.network.targets.borrow().iter().any(|target| target.contains("$batch"));
        device.gate.let_one_pass();
    }
    assert!(looks > 2 && was_answered, "it was looked at while it went on: {looks}");
    let after = device.status().await;
    assert_eq!((after.pending, after.phase), (0, SyncPhase::Idle));
    assert!(after.synced_at > before.synced_at);
}

/// The last that the page was told since the last time.
fn last_told(device: &Device) -> Option<SyncStatus> {
    device.heard.take().into_iter().rev().find_map(|event| match event {
        Event::Sync(status) => Some(status),
        _ => None,
    })
}
