//! Two devices and a desk change the same rows in any order, the network fails in every way, tabs close: in the end all
//! hold the same, and nothing anybody did is lost or done twice.

use crate::device::Device;
use crate::office::Office;
use crate::road::text;
use crate::world::World;
use client::message::Decision;
use model::{Columns, EntryState, ParkReason, RowId};
use std::rc::Rc;
use store_sql::testing::Place;

const COLUMNS: [&str; 4] = ["telephone1", "fax", "websiteurl", "description"];
const STEPS: usize = 60;

/// A reproducible sequence of numbers (a linear congruential generator).
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % sides
    }
}

struct Day {
    dice: Dice,
    office: Office,
    devices: Vec<Device>,
    accounts: Vec<RowId>,
    /// Tasks made, with their subjects.
    tasks: Vec<(RowId, String)>,
    /// Conflicts the user was asked about.
    conflicts: usize,
}

impl Day {
    async fn new(world: &Rc<World>, seed: u64) -> Self {
        let devices = vec![Device::synced(world, "rep-fr").await, Device::synced(world, "rep-fr").await];
        let accounts = devices[0].editable("account", 3).await;
        let office = Office::new(world).await;
        Self { dice: Dice(seed), office, devices, accounts, tasks: Vec::new(), conflicts: 0 }
    }

    async fn step(&mut self, world: &World, number: usize) {
        let (who, account) = (self.dice.roll(self.devices.len()), self.accounts[self.dice.roll(3)]);
        let column = COLUMNS[self.dice.roll(COLUMNS.len())];
        let value = format!("value {number}");
        match self.dice.roll(12) {
            0..=3 => self.devices[who].save("account", account, column, &value).await,
            4 => {
                let task = self.devices[who].new_id();
                let columns = Columns::new().with("subject", text(&value));
                self.devices[who].command("create", "task", task, columns).await;
                self.tasks.push((task, value));
            }
            5 => self.office.patch("accounts", account, &format!(r#"{{"{column}":"{value}"}}"#)).await,
            6 => {
                let network = &self.devices[who].network;
                network.is_cut.set(!network.is_cut.get());
            }
            7 => self.devices[who].network.loses.borrow_mut().push("$batch"),
            8 => self.devices[who].network.cuts_after.set(Some("$batch")),
            9 if self.dice.roll(4) == 0 => world.restart().await,
            9 => {
                let device = self.devices.remove(who);
                self.devices.push(device.reopened().await);
            }
            // Most of these fail, one way or another; that is the point.
            _ => drop(self.devices[who].session.sync_once().await),
        }
    }

    /// The network is good again; the user decides about every conflict.
    async fn settle(&mut self) {
        for _ in 0..12 {
            for device in &self.devices {
                device.network.is_cut.set(false);
                device.network.cuts_after.set(None);
                device.network.loses.borrow_mut().clear();
                device.sync().await;
                for view in device.entries().await {
                    let EntryState::Parked(ParkReason::Conflict { .. }) = view.entry.state else { continue };
                    self.conflicts += 1;
                    let keeps_mine = self.dice.roll(2) == 0;
                    let decision =
                        if keeps_mine { Decision::KeepMine(Vec::new()) } else { Decision::KeepTheirs };
                    device.decide(view.entry.id, decision).await;
                }
            }
        }
    }
}

pub async fn everybody_holds_the_same_in_the_end(place: &Place) {
    let mut conflicts = 0;
    for seed in 1..=4 {
        let world = Rc::new(World::new(place).await);
        let mut day = Day::new(&world, seed).await;
        for number in 0..STEPS {
            day.step(&world, number).await;
        }
        day.settle().await;
        for device in &day.devices {
            assert_eq!(device.entries().await, [], "seed {seed}: nothing is left unsent");
            for account in &day.accounts {
                let server = day.office.row("accounts", *account).await.unwrap();
                for column in COLUMNS {
                    let expected = server[column].as_str().unwrap_or_default();
                    let found = device.text("account", *account, column).await;
                    assert_eq!(found, expected, "seed {seed}: {column} of {account}");
                }
            }
            for (task, subject) in &day.tasks {
                assert_eq!(device.text("task", *task, "subject").await, *subject, "seed {seed}");
            }
        }
        for (task, subject) in &day.tasks {
            let found = day.office.find("tasks", &format!("subject eq '{subject}'")).await;
            assert_eq!(found.len(), 1, "seed {seed}: {subject} ({task})");
        }
        conflicts += day.conflicts;
    }
    assert!(conflicts > 0, "the days were too quiet to show anything");
}
