//! Codes, tokens, roles, settings.

use crate::fixtures::{fill, id, reference, text};
use model::{Columns, Depth, Language, Privileges, TableRights, Timestamp};
use store_sql::testing::Place;
use store_sql::{AuthorizationCode, BusinessUnit, RoleRow, Token, TokenKind, TokenUse, UserSettings};

const NOW: Timestamp = Timestamp::from_milliseconds(1_764_000_000_000);

fn token(kind: TokenKind) -> Token {
    Token {
        kind,
        family: id(5),
        user: id(1),
        client_id: "valise".to_owned(),
        expires_at: NOW.plus_milliseconds(1_000_000),
    }
}

pub async fn codes_and_refresh_tokens_are_used_once(place: &Place) {
    let database = place.open().await;
    let code = AuthorizationCode {
        user: id(1),
        client_id: "valise".to_owned(),
        redirect_uri: "http://127.0.0.1/".to_owned(),
        challenge: "c".to_owned(),
        expires_at: NOW.plus_milliseconds(1),
    };
    database.keep_code(b"code", &code).await.unwrap();
    database.keep_code(b"late", &code).await.unwrap();
    assert_eq!(database.take_code(b"none", id(5), NOW).await.unwrap(), None);
    assert_eq!(database.take_code(b"late", id(5), NOW.plus_milliseconds(1)).await.unwrap(), None);
    assert_eq!(database.take_code(b"code", id(5), NOW).await.unwrap(), Some(code));

    let (access, refresh) = (token(TokenKind::Access), token(TokenKind::Refresh));
    let kept = [(b"access".to_vec(), access.clone()), (b"refresh".to_vec(), refresh.clone())];
    database.keep_tokens(&kept).await.unwrap();
    assert_eq!(database.access_token(b"access", NOW).await.unwrap(), Some(access));
    assert_eq!(database.access_token(b"refresh", NOW).await.unwrap(), None, "a refresh token opens nothing");
    assert_eq!(database.access_token(b"access", NOW.plus_milliseconds(1_000_000)).await.unwrap(), None);

    let using = |hash: &'static [u8], at: i64| {
        let database = database.clone();
        async move { database.use_refresh_token(hash, "valise", NOW.plus_milliseconds(at)).await.unwrap() }
    };
    assert_eq!(using(b"access", 0).await, TokenUse::Unknown);
    assert_eq!(database.use_refresh_token(b"refresh", "other", NOW).await.unwrap(), TokenUse::Unknown);
    assert_eq!(using(b"refresh", 0).await, TokenUse::Good(refresh.clone()));
    assert_eq!(using(b"refresh", 60_000).await, TokenUse::Good(refresh), "the answer may have been lost");
    assert_eq!(using(b"refresh", 300_000).await, TokenUse::Reused);
    assert_eq!(database.access_token(b"access", NOW).await.unwrap(), None, "the family is revoked");

    database.keep_tokens(&[(b"access".to_vec(), token(TokenKind::Access))]).await.unwrap();
    assert_eq!(database.take_code(b"code", id(6), NOW).await.unwrap(), None);
    assert_eq!(database.access_token(b"access", NOW).await.unwrap(), None, "a code used twice revokes, too");
    database.forget_expired_tokens(NOW.plus_milliseconds(2_000_000)).await.unwrap();
}

pub async fn roles_teams_and_settings_come_back(place: &Place) {
    let database = place.open().await;
    let unit = |parent: Option<u128>| {
        let columns = Columns::new().with("name", text("Unit"));
        parent.map_or(columns.clone(), |parent| {
            columns.with("parentbusinessunitid", reference("businessunit", parent))
        })
    };
    fill(&database, "businessunit", vec![(1, unit(None)), (2, unit(Some(1)))]).await;
    let rights = TableRights { read: Depth::BusinessUnit, ..TableRights::default() };
    let role = RoleRow {
        name: "Salesperson".to_owned(),
        privileges: Privileges(std::iter::once(("thing".into(), rights)).collect()),
    };
    let settings = UserSettings {
        language: Language::French,
        locale: "fr-FR".to_owned(),
        time_zone: "Europe/Paris".to_owned(),
        currency: Some(id(3)),
    };
    let mut write = database.write().await.unwrap();
    write.put_role(&role).await.unwrap();
    for _ in 0..2 {
        write.give_role(id(9), "Salesperson").await.unwrap();
        write.put_team_member(id(4), id(9)).await.unwrap();
        write.put_user_settings(id(9), &settings).await.unwrap();
        write.put_setting("a", "1").await.unwrap();
    }
    assert!(!write.take_setting("a", "2").await.unwrap());
    assert!(write.take_setting("a", "1").await.unwrap());
    assert!(!write.take_setting("a", "1").await.unwrap());
    write.commit().await.unwrap();
    let mut read = database.read().await.unwrap();
    assert_eq!(read.roles_of(id(9)).await.unwrap(), [role]);
    assert_eq!(read.roles_of(id(8)).await.unwrap(), []);
    assert_eq!(read.teams_of(id(9)).await.unwrap(), [id(4)]);
    assert_eq!(read.user_settings(id(9)).await.unwrap(), Some(settings));
    assert_eq!(read.setting("a").await.unwrap(), None);
    let units = [BusinessUnit { id: id(1), parent: None }, BusinessUnit { id: id(2), parent: Some(id(1)) }];
    assert_eq!(read.business_units().await.unwrap(), units);
    assert!(read.nobody_can_sign_in().await.unwrap());
}
