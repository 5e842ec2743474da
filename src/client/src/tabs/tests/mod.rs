//! Tabs that die and fall asleep at every step.

mod world;

use super::ledger::Ledger;
use super::life::{Life, Look};
use crate::message::{Event, FailureKind, Request, SyncStatus};
use crate::tabs::{Effect, Note, Tab, TabId};
use model::{TableName, Timestamp};
use world::World;

fn at(milliseconds: i64) -> Timestamp {
    Timestamp::from_milliseconds(milliseconds)
}

fn world(tabs: u32, seed: u64) -> World {
    let mut world = World::new(seed);
    for name in 1..=tabs {
        world.open(name);
    }
    world
}

fn settled(tabs: u32, seed: u64) -> World {
    let mut world = world(tabs, seed);
    world.settle();
    world
}

fn leader(world: &World) -> u32 {
    let leading = world.tabs.iter().find(|(_, sim)| !sim.is_asleep && sim.is_leading());
    *leading.unwrap().0
}

#[test]
fn tabs_that_open_together_find_one_leader_and_are_answered_once() {
    for seed in 0..200 {
        let mut world = world(3, seed);
        for name in 1..=3 {
            world.write(name);
        }
        world.settle();
        world.check();
        assert_eq!(world.disk.len(), 3);
    }
}

#[test]
fn a_leader_may_die_at_any_step_without_loss_or_double() {
    for seed in 0..12 {
        for death in 0..80 {
            let mut world = settled(3, seed);
            let (begun, dead) = (world.steps, leader(&world));
            let others: Vec<u32> = (1..=3).filter(|name| *name != dead).collect();
            for name in &others {
                world.write(*name);
                world.write(*name);
            }
            while world.steps < begun + death && world.step() {}
            world.kill(dead);
            let took = world.settle();
            world.check();
            assert_eq!(world.disk.len(), 4);
            assert_eq!(took, 0, "the browser gives the lock on; no waiting for silence");
        }
    }
}

#[test]
fn leaders_may_die_one_after_the_other() {
    for seed in 0..100 {
        let mut world = settled(4, seed);
        for _ in 0..3 {
            let dead = leader(&world);
            for name in world.tabs.keys().copied().collect::<Vec<_>>() {
                world.write(name);
            }
            for _ in 0..world.choose(30) {
                world.step();
            }
            world.kill(dead);
            if world.choose(2) == 0 {
                world.settle();
            } else {
                while world.step() {}
            }
        }
        world.settle();
        world.check();
    }
}

#[test]
fn a_leader_that_sleeps_is_missed_and_finds_its_place_when_it_wakes() {
    for seed in 0..60 {
        for sleep in [0, 1, 3, 7, 15, 40] {
            let mut world = settled(3, seed);
            let (begun, sleeper) = (world.steps, leader(&world));
            for name in 1..=3 {
                world.write(name);
            }
            while world.steps < begun + sleep && world.step() {}
            world.tabs.get_mut(&sleeper).unwrap().is_asleep = true;
            world.write((sleeper % 3) + 1);
            let took = world.settle();
            assert!(took <= 3_000, "{took} ms");
            let awake = leader(&world);
            assert_ne!(awake, sleeper);
            world.write(awake);
            world.settle();
            world.tabs.get_mut(&sleeper).unwrap().is_asleep = false;
            world.write(sleeper);
            world.settle();
            world.check();
            assert_eq!(world.disk.len(), 6);
        }
    }
}

#[test]
fn tabs_come_go_sleep_and_wake_as_they_please() {
    for seed in 0..300 {
        let mut world = settled(3, seed);
        let mut next = 4;
        for _ in 0..40 {
            let names: Vec<u32> = world.tabs.keys().copied().collect();
            let name = names[world.choose(names.len())];
            match world.choose(6) {
                0 if names.len() > 1 => world.kill(name),
                1 => {
                    world.open(next);
                    next += 1;
                }
                2 => {
                    let is_asleep = !world.tabs[&name].is_asleep;
                    let awake = world.tabs.values().filter(|sim| !sim.is_asleep).count();
                    if !is_asleep || awake > 1 {
                        world.tabs.get_mut(&name).unwrap().is_asleep = is_asleep;
                    }
                }
                3 => world.pass(700),
                _ => {
                    if !world.tabs[&name].is_asleep {
                        world.write(name);
                    }
                }
            }
            for _ in 0..world.choose(12) {
                world.step();
            }
            if world.tabs.values().all(|sim| sim.is_asleep) {
                world.open(next);
                next += 1;
            }
        }
        for sim in world.tabs.values_mut() {
            sim.is_asleep = false;
        }
        world.settle();
        while world.step() {}
        // A request that outlives five leaders is given up; nothing else may fail.
        assert!(world.tabs.values().all(|sim| sim.answered.values().all(|count| *count == 1)));
        assert!(world.tabs.values().filter(|sim| sim.is_leading()).count() == 1);
    }
}

#[test]
fn every_tab_hears_what_the_session_tells_and_looks_anew_after_a_change_of_leader() {
    let mut world = settled(3, 5);
    let first = leader(&world);
    let event = Event::Sync(SyncStatus { pending: 3, ..SyncStatus::default() });
    world.tell(first, &event);
    while world.step() {}
    assert!(world.tabs.values().all(|sim| sim.heard.contains(&event)));
    world.kill(first);
    world.settle();
    while world.step() {}
    for (name, sim) in &world.tabs {
        let own: TableName = format!("table{name}").as_str().into();
        assert_eq!(sim.heard.last(), Some(&Event::Changed { tables: vec![own] }));
    }
}

#[test]
fn the_session_watches_what_any_tab_shows_and_forgets_what_only_the_dead_showed() {
    let mut world = settled(3, 9);
    while world.step() {}
    let first = leader(&world);
    let names = |tables: &[TableName]| tables.iter().map(ToString::to_string).collect::<Vec<_>>();
    assert_eq!(names(&world.tabs[&first].watched), ["table1", "table2", "table3"]);
    assert_eq!(world.tabs[&first].pages.len(), 3);
    let follower = (1..=3).find(|name| *name != first).unwrap();
    world.kill(follower);
    while world.step() {}
    assert_eq!(world.tabs[&first].watched.len(), 2);
    assert_eq!(world.tabs[&first].pages.len(), 2);
    assert!(!world.tabs[&first].pages.contains(&format!("page{follower}")));
}

#[test]
fn a_tab_of_an_older_build_is_told_to_reload_and_one_that_just_came_goes_on() {
    let mut world = settled(2, 1);
    let leading = leader(&world);
    let following = 3 - leading;
    world.write(following);
    world.stranger(following, true);
    let old = &world.tabs[&following];
    assert_eq!(old.heard.last(), Some(&Event::Reload));
    assert!(old.is_content() && old.failed.len() == 1, "what waits is told that it gets no answer");
    let number = world.write(following);
    assert!(world.tabs[&following].failed.contains(&number));
    world.stranger(leading, true);
    assert!(world.tabs[&leading].is_leading(), "it holds the lock until that is taken");
    let (mut fresh, _) = Tab::start::<u32>(TabId("new.1".to_owned()), at(0));
    let stranger = TabId("old.1".to_owned());
    assert_eq!(fresh.from_stranger::<u32>(&stranger, false), []);
    assert_eq!(fresh.from_stranger::<u32>(&stranger, true), [Effect::Steal]);
}

#[test]
fn a_retired_tab_gives_the_lock_back() {
    let (mut tab, _) = Tab::start::<u32>(TabId("one.1".to_owned()), at(0));
    tab.granted::<u32>(at(1));
    let effects = tab.retire::<u32>();
    assert_eq!(effects, [Effect::StandDown, Effect::Release, Effect::Tell(Event::Reload)]);
    assert_eq!(tab.granted::<u32>(at(2)), [Effect::Release]);
    assert_eq!(tab.wait(at(3)), None);
}

#[test]
fn the_holder_of_the_lock_leads_whatever_an_earlier_clock_said() {
    let (mut tab, _) = Tab::start::<u32>(TabId("one.1".to_owned()), at(0));
    tab.granted::<u32>(at(50));
    let other = TabId("two.1".to_owned());
    let effects = tab.from_tab::<u32>(&other, Note::Hello { term: 9_000 }, None, at(60));
    let asserted = Effect::Send { to: None, note: Note::Leading { term: 9_001 }, reply: None };
    assert!(effects.contains(&asserted), "{effects:?}");
}

#[test]
fn no_more_than_so_many_requests_are_on_their_way() {
    let (mut tab, _) = Tab::start::<u32>(TabId("one.1".to_owned()), at(0));
    let leader = TabId("two.1".to_owned());
    tab.from_tab::<u32>(&leader, Note::Leading { term: 5 }, None, at(1));
    let sent: usize = (1..=100).map(|number| tab.from_page::<u32>(number, Request::Apps).len()).sum();
    assert_eq!(sent, 32);
    let effects = tab.from_tab(&leader, Note::Answer { number: 4 }, Some(1), at(2));
    let next = Effect::Send {
        to: Some(leader),
        note: Note::Ask { number: 33, request: Request::Apps },
        reply: None,
    };
    assert_eq!(effects, [Effect::Answer { number: 4, reply: 1 }, next]);
}

#[test]
fn a_request_that_kills_every_leader_is_given_up() {
    let (mut tab, _) = Tab::start::<u32>(TabId("one.1".to_owned()), at(0));
    tab.from_page::<u32>(1, Request::Apps);
    for term in 1..=5 {
        let leader = TabId(format!("leader{term}.1"));
        let effects = tab.from_tab::<u32>(&leader, Note::Leading { term }, None, at(1));
        assert!(matches!(effects.as_slice(), [Effect::Send { .. }]), "{effects:?}");
    }
    let effects = tab.from_tab::<u32>(&TabId("last.1".to_owned()), Note::Leading { term: 9 }, None, at(1));
    let [Effect::Fail { number: 1, failure }] = effects.as_slice() else { panic!("{effects:?}") };
    assert_eq!(failure.kind, FailureKind::Internal);
}

#[test]
fn an_answer_counts_once() {
    let mut ledger = Ledger::default();
    ledger.add(1, Request::Apps);
    assert!(ledger.settle(1));
    assert!(!ledger.settle(1));
}

#[test]
fn silence_is_asked_about_before_anybody_is_overtaken() {
    let mut life = Life::new(at(0));
    assert_eq!(life.wait(at(0), true), 200);
    assert_eq!(life.look(at(200), true), Look::Wait);
    life.wait(at(200), true);
    assert_eq!(life.look(at(400), true), Look::Ask);
    life.wait(at(400), true);
    assert_eq!(life.look(at(600), true), Look::Wait);
    life.heard(at(700));
    assert_eq!(life.look(at(800), true), Look::Wait);
    let mut now = 800;
    let mut looks = Vec::new();
    while now < 4_000 {
        now += i64::try_from(life.wait(at(now), true)).unwrap();
        looks.push(life.look(at(now), true));
    }
    let taken = looks.iter().position(|look| *look == Look::TakeOver).unwrap();
    let asked = looks.iter().position(|look| *look == Look::Ask).unwrap();
    assert_eq!((taken - asked) * 200, 2_000);
}

#[test]
fn a_tab_that_overslept_itself_first_listens() {
    let mut life = Life::new(at(0));
    life.wait(at(0), true);
    life.asked(at(0));
    assert_eq!(life.look(at(60_000), true), Look::Wait, "the answer may lie there unread");
    // A clock that was set back is no silence either.
    assert_eq!(life.look(at(10), true), Look::Wait);
    // Asked again and again, the next look comes no later.
    let mut life = Life::new(at(0));
    assert_eq!(
        (life.wait(at(0), false), life.wait(at(100), true), life.wait(at(250), true)),
        (5_000, 200, 50)
    );
}
