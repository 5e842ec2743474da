//! Rights at each depth: what may be read, created, changed, deleted, assigned, attached.

use crate::world::{
    ADMIN, COAST, COLLEAGUE, DEPTHS, NORTH, REP, SAILOR, SOUTH, STRANGER, TEAM, World, guid, reference,
    rights, text,
};
use model::{Columns, Depth, TableRights};
use store_sql::testing::Place;

/// Which of the accounts 1 to 5 (rep's, colleague's, sailor's, stranger's, team's) a depth of the rep reaches.
fn reached(depth: Depth) -> Vec<u128> {
    match depth {
        Depth::None => vec![],
        Depth::User => vec![1, 5],
        Depth::BusinessUnit => vec![1, 2, 5],
        Depth::ParentBusinessUnit => vec![1, 2, 3, 5],
        Depth::Organization => vec![1, 2, 3, 4, 5],
    }
}

fn everything() -> TableRights {
    let all = Depth::Organization;
    TableRights {
        create: all,
        read: all,
        write: all,
        delete: all,
        append: all,
        append_to: all,
        assign: all,
        share: all,
    }
}

pub async fn each_depth_reaches_its_rows(place: &Place) {
    for depth in DEPTHS {
        let world = World::new(place).await;
        world.accounts().await;
        let others = |fill: fn(&mut TableRights, Depth)| {
            rights(|rights| {
                rights.read = Depth::Organization;
                fill(rights, depth);
            })
        };
        world.only_right(REP, &[("account", rights(|rights| rights.read = depth))]).await;
        let seen = world.ask(REP, "GET accounts?$select=name").await.values("accountid");
        assert_eq!(seen, reached(depth).into_iter().map(guid).collect::<Vec<_>>(), "read {depth:?}");

        let change = "{\"telephone1\":\"1\"}";
        world.only_right(REP, &[("account", others(|rights, depth| rights.write = depth))]).await;
        check(&world, depth, "PATCH", change).await;
        let assign = format!("{{\"ownerid@odata.bind\":\"/systemusers({})\"}}", guid(ADMIN));
        world.only_right(REP, &[("account", others(|rights, depth| rights.assign = depth))]).await;
        let writing = world.send(REP, &format!("PATCH accounts({})", guid(1)), &[], change).await;
        assert_eq!(writing.status, 403, "assign is not write");
        check(&world, depth, "PATCH", &assign).await;
    }
}

pub async fn deleting_reaches_as_far_as_its_depth(place: &Place) {
    for depth in DEPTHS {
        let world = World::new(place).await;
        world.accounts().await;
        let right = rights(|rights| {
            rights.read = Depth::Organization;
            rights.delete = depth;
        });
        world.only_right(REP, &[("account", right)]).await;
        check(&world, depth, "DELETE", "").await;
    }
}

async fn check(world: &World, depth: Depth, method: &str, body: &str) {
    for number in 1..=5 {
        let answer = world.send(REP, &format!("{method} accounts({})", guid(number)), &[], body).await;
        let expected = if reached(depth).contains(&number) { 204 } else { 403 };
        assert_eq!(answer.status, expected, "{method} {body} {depth:?} on {number}: {}", answer.text());
        if expected == 403 {
            assert_eq!(answer.code(), "0x80040220");
        }
    }
}

pub async fn creating_reaches_as_far_as_its_depth(place: &Place) {
    let owners = [
        (1, "systemusers", REP),
        (2, "systemusers", COLLEAGUE),
        (3, "systemusers", SAILOR),
        (4, "systemusers", STRANGER),
        (5, "teams", TEAM),
    ];
    let units = [NORTH, NORTH, COAST, SOUTH, SOUTH];
    for depth in DEPTHS {
        let world = World::new(place).await;
        let right = rights(|rights| {
            rights.read = Depth::Organization;
            rights.create = depth;
        });
        world.only_right(REP, &[("account", right)]).await;
        for ((number, set, owner), unit) in owners.into_iter().zip(units) {
            let body = format!(
                "{{\"accountid\":\"{}\",\"name\":\"x\",\"ownerid@odata.bind\":\"/{set}({})\"}}",
                guid(number),
                guid(owner)
            );
            let answer = world.send(REP, "POST accounts", &[], &body).await;
            let expected = if reached(depth).contains(&number) { 204 } else { 403 };
            assert_eq!(answer.status, expected, "{depth:?} for {number}: {}", answer.text());
            if expected == 204 {
                let row = world.ask(REP, &format!("GET accounts({})", guid(number))).await.json();
                assert_eq!(row["_owningbusinessunit_value"].as_str(), Some(guid(unit).as_str()));
                assert_eq!(row["_owningteam_value"].is_null(), set == "systemusers");
            }
        }
    }
}

pub async fn a_row_out_of_reach_does_not_exist(place: &Place) {
    let world = World::new(place).await;
    world.accounts().await;
    let row = format!("accounts({})", guid(4));
    for (line, body) in [
        (format!("GET {row}"), ""),
        (format!("PATCH {row}"), "{\"name\":\"x\"}"),
        (format!("DELETE {row}"), ""),
        (format!("PUT {row}/name"), "{\"value\":\"x\"}"),
    ] {
        world.refused(REP, &line, &[], body, (404, "0x80040217")).await;
    }
    // Nor can it be made a second time, or attached to.
    let again = format!("{{\"accountid\":\"{}\",\"name\":\"x\"}}", guid(4));
    world.refused(REP, "POST accounts", &[], &again, (412, "0x80040237")).await;
    let attach = format!("{{\"name\":\"x\",\"parentaccountid@odata.bind\":\"/accounts({})\"}}", guid(4));
    world.refused(REP, "POST accounts", &[], &attach, (404, "0x80040217")).await;
}

pub async fn attaching_needs_append_and_append_to(place: &Place) {
    let world = World::new(place).await;
    world.accounts().await;
    let task = format!(
        "{{\"subject\":\"x\",\"regardingobjectid_account_task@odata.bind\":\"/accounts({})\"}}",
        guid(2)
    );
    let cases = [
        (Depth::Organization, Depth::Organization, 204),
        (Depth::None, Depth::Organization, 403),
        (Depth::Organization, Depth::User, 403),
        (Depth::User, Depth::BusinessUnit, 204),
    ];
    for (append, append_to, status) in cases {
        let tasks = TableRights { append, ..everything() };
        let accounts = TableRights { append_to, ..everything() };
        world.only_right(REP, &[("task", tasks), ("account", accounts)]).await;
        let answer = world.send(REP, "POST tasks", &[], &task).await;
        assert_eq!(answer.status, status, "{append:?} {append_to:?}: {}", answer.text());
    }
}

pub async fn a_new_owner_takes_along_what_follows(place: &Place) {
    let world = World::new(place).await;
    world.accounts().await;
    let task = Columns::new()
        .with("subject", text("Call"))
        .with("regardingobjectid", reference("account", 1))
        .with("ownerid", reference("systemuser", REP))
        .with("owningbusinessunit", reference("businessunit", NORTH));
    world.insert("task", vec![(31, task)]).await;
    let assign = format!("{{\"ownerid@odata.bind\":\"/systemusers({})\"}}", guid(STRANGER));
    let answer = world
        .send(REP, &format!("PATCH accounts({})", guid(1)), &[("prefer", "return=representation")], &assign)
        .await;
    assert_eq!(answer.status, 204, "the row is out of the rep's reach now: {}", answer.text());
    assert_eq!(world.ask(REP, &format!("GET accounts({})", guid(1))).await.status, 404);
    let row = world.ask(STRANGER, &format!("GET accounts({})", guid(1))).await.json();
    assert_eq!(row["_owningbusinessunit_value"].as_str(), Some(guid(SOUTH).as_str()));
    let cascades = world.app.metadata().table("account").unwrap().relationships.iter().any(|relationship| {
        relationship.child == *"task" && relationship.cascades.assign == model::Cascade::Cascade
    });
    let task = world.ask(ADMIN, &format!("GET tasks({})", guid(31))).await.json();
    let owner = if cascades { STRANGER } else { REP };
    assert_eq!(task["_ownerid_value"].as_str(), Some(guid(owner).as_str()));
    let nobody = "{\"ownerid@odata.bind\":null}";
    let answer = world.send(STRANGER, &format!("PATCH accounts({})", guid(1)), &[], nobody).await;
    assert_eq!(answer.status, 400, "{}", answer.text());
}
