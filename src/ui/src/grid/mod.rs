//! Rows of a view: a virtualised grid, or cards where there is little room.

mod adjust;
mod ask;
mod card;
mod card_form;
mod columns;
mod copy;
mod filter;
mod header;
mod header_menu;
mod keys;
mod row;
mod source;
mod table;
mod window;

pub use adjust::{Adjust, Adjustments, Ask};
pub use ask::AskDialog;
pub use card_form::{CardForm, card_of};
pub use columns::{GridColumn, columns_of, with_columns};
pub use copy::table_text;
pub use filter::in_words;
pub use source::{RowsSource, every_page};
pub use table::Grid;

use crate::session::Session;
use model::{RowId, TableName};
use std::collections::BTreeSet;

/// The rows a user has selected.
pub type Selection = leptos::prelude::RwSignal<BTreeSet<RowId>>;

/// Opens a row's form.
pub fn open_row(session: Session, table: &TableName, id: RowId) {
    let place = session.address.place();
    use leptos::prelude::GetUntracked;
    if let Some(app) = place.get_untracked().app() {
        session.address.go(&crate::route::Place::Form(app.clone(), table.clone(), id).address());
    }
}
