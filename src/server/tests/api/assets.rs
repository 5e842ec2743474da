//! Static files.

use crate::world::World;
use axum::body::Body;
use axum::http::Request;
use store_sql::testing::Place;

async fn get(world: &World, path: &str, headers: &[(&str, &str)]) -> crate::world::Answer {
    let mut request = Request::builder().uri(path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    world.raw(request.body(Body::empty()).unwrap()).await
}

const HTML: (&str, &str) = ("accept", "text/html,*/*;q=0.8");

pub async fn files_are_served_with_types_policies_and_caching(place: &Place) {
    let world = World::empty(place).await;
    let app = world.folder.join("app");
    let answer = get(&world, "/", &[HTML]).await;
    assert_eq!(answer.status, 404);
    assert!(answer.text().contains("not built"), "{}", answer.text());

    for (name, content) in [
        ("index.html", "<!doctype html>"),
        ("app-0123456789abcdef_bg.wasm", "wasm"),
        ("app-0123456789abcdef_bg.wasm.br", "brotli"),
        ("worker.js", "worker"),
        ("secret.txt", "seen"),
    ] {
        std::fs::write(app.join(name), content).unwrap();
    }
    std::fs::write(world.folder.join("outside.txt"), "outside").unwrap();
    for path in ["/", "/saleshub/account/new", "/index.html"] {
        let answer = get(&world, path, &[HTML]).await;
        assert_eq!((answer.status, answer.text().as_str()), (200, "<!doctype html>"), "{path}");
        assert_eq!(answer.header("cache-control"), "no-cache");
        let policy = answer.header("content-security-policy");
        assert!(policy.contains("default-src 'none'") && policy.contains("'wasm-unsafe-eval'"), "{policy}");
        assert!(!policy.contains("unsafe-inline"), "{policy}");
        assert_eq!(answer.header("x-content-type-options"), "nosniff");
        assert_eq!(answer.header("cross-origin-opener-policy"), "same-origin");
    }
    let wasm = "/app-0123456789abcdef_bg.wasm";
    let plain = get(&world, wasm, &[]).await;
    assert_eq!((plain.header("content-type"), plain.text().as_str()), ("application/wasm", "wasm"));
    assert!(plain.header("cache-control").contains("immutable"));
    let packed = get(&world, wasm, &[("accept-encoding", "gzip, br")]).await;
    assert_eq!((packed.header("content-encoding"), packed.text().as_str()), ("br", "brotli"));
    assert_eq!(packed.header("content-type"), "application/wasm");
    let refused = get(&world, wasm, &[("accept-encoding", "br;q=0, gzip")]).await;
    assert_eq!(refused.text(), "wasm");
    let worker = get(&world, "/worker.js", &[]).await;
    assert_eq!(worker.header("cache-control"), "no-cache");
    let again = get(&world, "/worker.js", &[("if-none-match", worker.header("etag"))]).await;
    assert_eq!((again.status, again.body.len()), (304, 0));

    for path in ["/missing.js", "/../outside.txt", "/%2e%2e/outside.txt", "/..%2foutside.txt", "/api/nothing"]
    {
        let answer = get(&world, path, &[]).await;
        assert_eq!(answer.status, 404, "{path}: {}", answer.text());
    }
    assert_eq!(get(&world, "/api/nothing", &[HTML]).await.status, 404);
}

pub async fn only_configured_origins_may_call(place: &Place) {
    let world =
        World::with(place, |options| options.allowed_origins = vec!["https://app.example".to_owned()]).await;
    let ask = |method: &'static str, origin: &'static str, path: &'static str| {
        Request::builder().method(method).uri(path).header("origin", origin).body(Body::empty()).unwrap()
    };
    let answer = world.raw(ask("OPTIONS", "https://app.example", "/api/data/v9.2/accounts")).await;
    assert_eq!((answer.status, answer.header("access-control-allow-origin")), (204, "https://app.example"));
    assert!(answer.header("access-control-allow-headers").contains("if-match"));
    let answer = world.raw(ask("GET", "https://app.example", "/api/valise/v1/me")).await;
    assert_eq!((answer.status, answer.header("access-control-allow-origin")), (401, "https://app.example"));
    for (origin, path) in
        [("https://evil.example", "/api/valise/v1/me"), ("https://app.example", "/index.html")]
    {
        let answer = world.raw(ask("GET", origin, path)).await;
        assert_eq!(answer.header("access-control-allow-origin"), "", "{origin} {path}");
    }
}

pub async fn answers_are_packed_on_the_way_through_a_network(place: &Place) {
    let everywhere = std::net::IpAddr::from([0, 0, 0, 0]);
    for (host, encoding) in [(std::net::IpAddr::from([127, 0, 0, 1]), ""), (everywhere, "gzip")] {
        let world = World::with(place, |options| options.host = host).await;
        std::fs::write(world.folder.join("app/data.json"), "[1]".repeat(1000)).unwrap();
        let answer = get(&world, "/data.json", &[("accept-encoding", "gzip")]).await;
        assert_eq!((answer.status, answer.header("content-encoding")), (200, encoding), "{host}");
    }
}
