//! Somebody else at a desk: an administrator who works on the server directly, through the Web API.

use crate::world::World;
use model::RowId;
use odata::http::{HttpRequest, HttpResponse, Method};
use odata::token::{TokenRequest, TokenResponse};
use serde_json::Value;
use std::rc::Rc;

/// Somebody else at a desk.
pub struct Office {
    world: Rc<World>,
    token: String,
}

impl Office {
    pub async fn new(world: &Rc<World>) -> Self {
        let request = TokenRequest::ClientCredentials {
            client_id: "demo".to_owned(),
            client_secret: "demo".to_owned(),
            scope: String::new(),
        };
        let response = world.answer(request.to_request()).await;
        let token = TokenResponse::from_response(&response).unwrap().access_token;
        Self { world: Rc::clone(world), token }
    }

    pub async fn send(&self, method: Method, path: &str, body: &str) -> HttpResponse {
        let headers = vec![
            ("authorization".to_owned(), format!("Bearer {}", self.token)),
            ("content-type".to_owned(), "application/json".to_owned()),
            ("accept".to_owned(), "application/json".to_owned()),
        ];
        let target = format!("/api/data/v9.2/{path}");
        self.world.answer(HttpRequest { method, target, headers, body: body.as_bytes().to_vec() }).await
    }

    pub async fn patch(&self, set: &str, id: RowId, body: &str) {
        let response = self.send(Method::Patch, &format!("{set}({id})"), body).await;
        assert!(response.status < 300, "{}", String::from_utf8_lossy(&response.body));
    }

    pub async fn delete(&self, set: &str, id: RowId) {
        let response = self.send(Method::Delete, &format!("{set}({id})"), "").await;
        assert!(response.status < 300, "{}", String::from_utf8_lossy(&response.body));
    }

    /// The row as the server has it.
    pub async fn row(&self, set: &str, id: RowId) -> Option<Value> {
        let response = self.send(Method::Get, &format!("{set}({id})"), "").await;
        if response.status == 404 {
            return None;
        }
        assert_eq!(response.status, 200, "{}", String::from_utf8_lossy(&response.body));
        Some(serde_json::from_slice(&response.body).unwrap())
    }

    /// A column as the server has it.
    pub async fn value(&self, set: &str, id: RowId, property: &str) -> Value {
        self.row(set, id).await.expect("the row is on the server")[property].clone()
    }

    /// The rows that meet a filter.
    pub async fn find(&self, set: &str, filter: &str) -> Vec<Value> {
        let path = format!("{set}?$filter={}", odata::encode_query_value(filter));
        let response = self.send(Method::Get, &path, "").await;
        assert_eq!(response.status, 200, "{}", String::from_utf8_lossy(&response.body));
        let page: Value = serde_json::from_slice(&response.body).unwrap();
        page["value"].as_array().unwrap().clone()
    }
}
