//! Sign-in, tokens, set-up.

use crate::world::{ADMIN, Answer, REP, World, id};
use axum::body::Body;
use axum::http::Request;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use model::{Columns, Value};
use sha2::{Digest as _, Sha256};
use store_sql::testing::Place;

const VERIFIER: &str = "a-verifier-that-is-long-enough-for-the-standard-0123456789";
const PASSWORD: &str = "correct horse battery";

fn challenge() -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(VERIFIER.as_bytes()))
}

fn authorize(host: &str, redirect: &str) -> String {
    format!(
        "http://{host}/oauth2/v2.0/authorize?client_id=valise&response_type=code&code_challenge_method=S256\
         &code_challenge={}&state=a%20%26b&redirect_uri={}",
        challenge(),
        redirect.replace(':', "%3A").replace('/', "%2F")
    )
}

async fn form(world: &World, address: &str, body: &str) -> Answer {
    let (host, path) = split(address);
    let request = Request::builder()
        .method("POST")
        .uri(path)
        .header("host", host)
        .header("content-type", "application/x-www-form-urlencoded");
    world.raw(request.body(Body::from(body.to_owned())).unwrap()).await
}

async fn page(world: &World, address: &str, language: &str) -> Answer {
    let (host, path) = split(address);
    let request = Request::builder().uri(path).header("host", host).header("accept-language", language);
    world.raw(request.body(Body::empty()).unwrap()).await
}

fn split(address: &str) -> (String, String) {
    let rest = address.strip_prefix("http://").unwrap();
    let (host, path) = rest.split_once('/').unwrap();
    (host.to_owned(), format!("/{path}"))
}

async fn token(world: &World, body: &str) -> Answer {
    form(world, "http://localhost:8080/oauth2/v2.0/token", body).await
}

/// Set up through the page: the administrator "ada".
async fn set_up(place: &Place) -> World {
    let world = World::empty(place).await;
    let link = world.app.setup_link("http://localhost:8080").unwrap();
    assert_eq!(page(&world, &link, "en").await.status, 200);
    let short =
        form(&world, &link, "organization=Acme&fullname=Ada+Lovelace&username=Ada&password=short").await;
    assert_eq!(short.status, 400);
    assert!(short.text().contains("at least 12 characters"));
    let body = format!(
        "organization=Acme&fullname=Ada+Lovelace&username=Ada&timezone=Europe%2FParis&password={}",
        PASSWORD.replace(' ', "+")
    );
    let done = form(&world, &link, &body).await;
    assert_eq!(done.status, 303, "{}", done.text());
    let again = form(&world, &link, &body).await;
    assert_eq!(again.status, 404, "the link works once");
    assert_eq!(page(&world, "http://localhost:8080/setup?token=guess", "en").await.status, 404);
    world
}

async fn code(world: &World) -> String {
    let body = format!("username=ADA&password={}", PASSWORD.replace(' ', "+"));
    let answer = form(world, &authorize("localhost:8080", "http://localhost:8080/"), &body).await;
    assert_eq!(answer.status, 303, "{}", answer.text());
    let location = answer.header("location").to_owned();
    let rest = location.strip_prefix("http://localhost:8080/?code=").unwrap_or_else(|| panic!("{location}"));
    let (code, state) = rest.split_once("&state=").unwrap();
    assert_eq!(state, "a%20%26b");
    code.to_owned()
}

fn exchange(code: &str, verifier: &str, redirect: &str) -> String {
    format!(
        "grant_type=authorization_code&client_id=valise&code={code}&code_verifier={verifier}&redirect_uri={redirect}"
    )
}

async fn me(world: &World, access_token: &str) -> Answer {
    let request =
        Request::builder().uri("/api/valise/v1/me").header("authorization", format!("Bearer {access_token}"));
    world.raw(request.body(Body::empty()).unwrap()).await
}

fn part(answer: &Answer, name: &str) -> String {
    answer.json()[name].as_str().unwrap_or_else(|| panic!("no {name}: {}", answer.text())).to_owned()
}

pub async fn the_administrator_signs_in_and_stays_signed_in(place: &Place) {
    let world = set_up(place).await;
    let code = code(&world).await;
    let tokens = token(&world, &exchange(&code, VERIFIER, "http://localhost:8080/")).await;
    assert_eq!(tokens.status, 200, "{}", tokens.text());
    assert_eq!(tokens.header("cache-control"), "no-store");
    let (access, refresh) = (part(&tokens, "access_token"), part(&tokens, "refresh_token"));
    let profile = me(&world, &access).await;
    assert_eq!(profile.status, 200, "{}", profile.text());
    let profile: model::UserProfile = serde_json::from_slice(&profile.body).unwrap();
    assert_eq!(
        (profile.full_name.as_str(), profile.roles.as_slice()),
        ("Ada Lovelace", ["System Administrator".to_owned()].as_slice())
    );
    assert_eq!((profile.time_zone.name.as_str(), profile.time_zone.changes.len()), ("Europe/Paris", 21));

    world.later(3_600_000);
    assert_eq!(me(&world, &access).await.status, 401, "after an hour");
    let body = format!("grant_type=refresh_token&client_id=valise&refresh_token={refresh}");
    let second = token(&world, &body).await;
    let (access, newer) = (part(&second, "access_token"), part(&second, "refresh_token"));
    assert_ne!(newer, refresh);
    assert_eq!(me(&world, &access).await.status, 200);
    let repeated = token(&world, &body).await;
    assert_eq!(repeated.status, 200, "the first answer may have been lost");
    world.later(600_000);
    let stolen = token(&world, &body).await;
    assert_eq!((stolen.status, part(&stolen, "error")), (400, "invalid_grant".to_owned()));
    assert_eq!(me(&world, &access).await.status, 401, "the family is revoked");
    let body = format!("grant_type=refresh_token&client_id=valise&refresh_token={newer}");
    assert_eq!(token(&world, &body).await.status, 400);
}

pub async fn codes_are_for_one_client_one_verifier_and_one_time(place: &Place) {
    let world = set_up(place).await;
    let cases = [
        ("another verifier", exchange(&code(&world).await, "another", "http://localhost:8080/")),
        ("another redirect", exchange(&code(&world).await, VERIFIER, "http://localhost:9/")),
        ("no code of ours", exchange("guess", VERIFIER, "http://localhost:8080/")),
    ];
    for (name, body) in cases {
        let answer = token(&world, &body).await;
        assert_eq!((answer.status, part(&answer, "error")), (400, "invalid_grant".to_owned()), "{name}");
        assert_eq!(token(&world, &body).await.status, 400, "{name}, again");
    }
    let late = code(&world).await;
    world.later(5 * 60_000);
    assert_eq!(token(&world, &exchange(&late, VERIFIER, "http://localhost:8080/")).await.status, 400);

    let body = exchange(&code(&world).await, VERIFIER, "http://localhost:8080/");
    let access = part(&token(&world, &body).await, "access_token");
    assert_eq!(me(&world, &access).await.status, 200);
    assert_eq!(token(&world, &body).await.status, 400, "a second time");
    assert_eq!(me(&world, &access).await.status, 401, "and the first tokens are gone");
}

pub async fn codes_go_to_the_app_only(place: &Place) {
    let world =
        World::with(place, |options| options.allowed_origins = vec!["https://app.example".to_owned()]).await;
    for (host, redirect, status) in [
        ("localhost:8080", "http://localhost:8080/", 200),
        ("127.0.0.1:8080", "http://127.0.0.1:8080/", 200),
        ("localhost:8080", "https://app.example/", 200),
        ("localhost:8080", "https://evil.example/", 400),
        ("localhost:8080", "http://localhost:8080/elsewhere", 400),
        ("localhost:8080", "http://localhost:8080.evil.example/", 400),
        // A name that somebody points to this machine.
        ("evil.example:8080", "http://evil.example:8080/", 400),
    ] {
        let answer = page(&world, &authorize(host, redirect), "en").await;
        assert_eq!(answer.status, status, "{host} {redirect}");
    }
    let plain = authorize("localhost:8080", "http://localhost:8080/").replace("S256", "plain");
    assert_eq!(page(&world, &plain, "en").await.status, 400);
}

pub async fn the_page_speaks_the_readers_language_and_runs_no_script(place: &Place) {
    let world = World::empty(place).await;
    let address = authorize("localhost:8080", "http://localhost:8080/");
    for (language, words) in [
        ("en", ["User name", "Password", "Sign in"]),
        ("fr-FR,fr;q=0.9", ["Nom d’utilisateur", "Mot de passe", "Se connecter"]),
        ("de", ["Benutzername", "Kennwort", "Anmelden"]),
    ] {
        let answer = page(&world, &address, language).await;
        let html = answer.text();
        assert!(words.iter().all(|word| html.contains(word)), "{language}: {html}");
        assert!(!html.contains("<script") && !html.contains("style="), "{html}");
        let policy = answer.header("content-security-policy");
        assert!(policy.starts_with("default-src 'none'") && !policy.contains("script-src"), "{policy}");
        assert_eq!(answer.header("cache-control"), "no-store");
    }
}

pub async fn wrong_passwords_are_refused_then_slowed_down(place: &Place) {
    let world = set_up(place).await;
    let address = authorize("localhost:8080", "http://localhost:8080/");
    let wrong = form(&world, &address, "username=%3Cb%3E&password=x").await;
    assert_eq!(wrong.status, 401);
    assert!(wrong.text().contains("value=\"&lt;b&gt;\""), "{}", wrong.text());
    for _ in 0..10 {
        assert_eq!(form(&world, &address, "username=ada&password=x").await.status, 401);
    }
    let right = format!("username=ada&password={}", PASSWORD.replace(' ', "+"));
    assert_eq!(form(&world, &address, &right).await.status, 429);
    world.later(6 * 60_000);
    assert_eq!(form(&world, &address, &right).await.status, 303);
}

pub async fn forms_are_short(place: &Place) {
    let world = set_up(place).await;
    let long = format!("username={}&password=x", "a".repeat(20_000));
    for address in [
        authorize("localhost:8080", "http://localhost:8080/"),
        "http://localhost:8080/oauth2/v2.0/token".to_owned(),
        "http://localhost:8080/acme/oauth2/v2.0/token".to_owned(),
        "http://localhost:8080/setup".to_owned(),
    ] {
        assert_eq!(form(&world, &address, &long).await.status, 413, "{address}");
    }
}

pub async fn services_come_with_a_secret(place: &Place) {
    let world = World::with(place, |options| options.demo = server::DemoSize::Small).await;
    let body = |secret: &str| format!("grant_type=client_credentials&client_id=demo&client_secret={secret}");
    let wrong = token(&world, &body("guess")).await;
    assert_eq!((wrong.status, part(&wrong, "error")), (401, "invalid_client".to_owned()));
    let answer = form(&world, "http://localhost:8080/acme/oauth2/v2.0/token", &body("demo")).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    assert!(answer.json().get("refresh_token").is_none());
    assert_eq!(me(&world, &part(&answer, "access_token")).await.status, 200);
    for body in ["", "grant_type=password&username=a", "grant_type=refresh_token", "%ff"] {
        assert_eq!(token(&world, body).await.status, 400, "{body}");
    }
}

pub async fn nobody_without_a_good_token_gets_in(place: &Place) {
    let world = World::new(place).await;
    for header in ["", "Bearer", "Bearer guess", "Basic YTpi", "Bearer token-of-"] {
        let request = Request::builder().uri("/api/data/v9.2/WhoAmI").header("authorization", header);
        let answer = world.raw(request.body(Body::empty()).unwrap()).await;
        assert_eq!((answer.status, answer.header("www-authenticate")), (401, "Bearer"), "{header}");
    }
    assert_eq!(world.ask(REP, "GET WhoAmI").await.status, 200);
    let mut write = world.app.database().write().await.unwrap();
    write
        .update("systemuser", id(REP), &Columns::new().with("isdisabled", Value::Boolean(true)), None)
        .await
        .unwrap();
    write.commit().await.unwrap();
    world.refused(REP, "GET WhoAmI", &[], "", (403, "0x80040225")).await;
    world.refused(REP, "GET /api/valise/v1/me", &[], "", (403, "0x80040225")).await;
    assert_eq!(world.ask(ADMIN, "GET WhoAmI").await.status, 200);
}

pub async fn demo_accounts_never_leave_the_machine(place: &Place) {
    let world = World::with(place, |options| options.demo = server::DemoSize::Small).await;
    assert_eq!(world.app.demo_users(), ["rep-fr", "rep-de", "manager", "admin"]);
    assert_eq!(world.app.setup_link("http://localhost"), None);
    let mut options = world.app.options().clone();
    options.demo = server::DemoSize::None;
    let again = server::App::open(options.clone()).await.unwrap();
    assert_eq!(again.demo_users().len(), 4, "the org is a demo whatever the second start is told");
    assert_eq!(again.organization(), world.app.organization());
    options.host = std::net::IpAddr::from([0, 0, 0, 0]);
    let refused = server::App::open(options).await.unwrap_err();
    assert!(matches!(refused, server::OpenError::DemoInPublic(_)), "{refused}");
}
