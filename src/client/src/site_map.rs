//! `Request::SiteMap`: an app's navigation, without what the user may not read.

use crate::definitions::Definitions;
use crate::message::{Failure, Reply};
use crate::session::Session;
use model::{AppName, Label, SubArea, SubAreaTarget};

impl Session {
    pub(crate) fn site_map(&self, app: &AppName) -> Result<Reply, Failure> {
        let definitions = self.device()?.definitions()?;
        let language = definitions.language();
        let record = definitions.screens().apps().iter().find(|record| record.name == *app);
        let record = record.ok_or_else(|| Failure::no_definition("app", app.as_str()))?;
        let (mut site_map, problems) = model::parse_site_map(&record.site_map_xml);
        definitions.note_problems(problems);
        for area in &mut site_map.areas {
            area.title.keep(language);
            area.description.keep(language);
            for group in &mut area.groups {
                group.title.keep(language);
                group.description.keep(language);
                group.sub_areas.retain(|entry| is_visible(entry, &definitions));
                group.sub_areas.iter_mut().for_each(|entry| fill_in(entry, &definitions));
            }
            area.groups.retain(|group| !group.sub_areas.is_empty());
        }
        site_map.areas.retain(|area| !area.groups.is_empty());
        Ok(Reply::SiteMap(site_map))
    }
}

fn is_visible(entry: &SubArea, definitions: &Definitions) -> bool {
    let target = match &entry.target {
        SubAreaTarget::Table(table) => definitions.table(table).is_ok() && definitions.may_read(table),
        SubAreaTarget::Dashboard(_) | SubAreaTarget::Url(_) | SubAreaTarget::WebResource(_) => true,
    };
    let mut rights = entry.rights.iter();
    target
        && entry.privileges.iter().all(|table| definitions.may_read(table))
        && rights.all(|(table, right)| definitions.may(table, *right))
}

/// A table's entry without a title or icon of its own takes the table's.
fn fill_in(entry: &mut SubArea, definitions: &Definitions) {
    let language = definitions.language();
    entry.title.keep(language);
    entry.description.keep(language);
    if let SubAreaTarget::Dashboard(Some(id)) = &entry.target
        && entry.title.is_empty()
    {
        let dashboards = definitions.screens().dashboards();
        let record = dashboards.iter().find(|record| record.id.to_string() == *id);
        entry.title = record.map(|record| record.name.clone()).unwrap_or_default();
        entry.title.keep(language);
    }
    let SubAreaTarget::Table(name) = &entry.target else { return };
    let Ok(table) = definitions.table(name) else { return };
    if entry.title.is_empty() {
        entry.title = Label::one(language, table.plural_label.text(language));
    }
    if entry.icon.is_empty() {
        entry.icon.clone_from(&table.icon);
    }
}
