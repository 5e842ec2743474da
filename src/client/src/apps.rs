//! `Request::Apps`: the apps the user's roles open.

use crate::message::{AppTile, Failure, Reply};
use crate::session::Session;

impl Session {
    pub(crate) fn apps(&self) -> Result<Reply, Failure> {
        let definitions = self.device()?.definitions()?;
        let language = definitions.language();
        let is_open = |roles: &[String]| roles.iter().any(|role| definitions.profile.roles.contains(role));
        let tiles =
            definitions.screens().apps().iter().filter(|app| is_open(&app.roles)).map(|app| AppTile {
                name: app.name.clone(),
                title: app.label.text(language).to_owned(),
                description: app.description.text(language).to_owned(),
                icon: app.icon.clone(),
            });
        Ok(Reply::Apps(tiles.collect()))
    }
}
