//! The service document and who is asking.

use super::request::{Context, json};
use crate::error::Answered;
use odata::http::HttpResponse;
use serde::Serialize;

#[derive(Serialize)]
struct Document<'a> {
    #[serde(rename = "@odata.context")]
    context: String,
    value: Vec<Set<'a>>,
}

#[derive(Serialize)]
struct Set<'a> {
    name: &'a str,
    kind: &'static str,
    url: &'a str,
}

/// `GET /api/data/v9.2/`
pub fn document(context: &Context<'_>) -> Answered<HttpResponse> {
    let set = |name| Set { name, kind: "EntitySet", url: name };
    let document = Document {
        context: format!("{}$metadata", context.service_root),
        value: context.app.metadata().tables.iter().map(|table| set(table.set_name.as_str())).collect(),
    };
    Ok(json(200, serde_json::to_vec(&document)?))
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct WhoAmI {
    #[serde(rename = "@odata.context")]
    context: String,
    business_unit_id: String,
    user_id: String,
    organization_id: String,
}

/// `GET WhoAmI`
pub fn who_am_i(context: &Context<'_>) -> Answered<HttpResponse> {
    let profile = &context.caller.profile;
    let answer = WhoAmI {
        context: format!("{}$metadata#Microsoft.Dynamics.CRM.WhoAmIResponse", context.service_root),
        business_unit_id: profile.business_unit.to_string(),
        user_id: profile.user.to_string(),
        organization_id: profile.organization.to_string(),
    };
    Ok(json(200, serde_json::to_vec(&answer)?))
}
