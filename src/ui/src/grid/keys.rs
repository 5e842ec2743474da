//! The keyboard of the ARIA grid pattern, as a decision without a browser.

/// What a key does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Move {
    /// The active cell: row (−1 is the header) and column.
    To(i64, usize),
    /// Opens the active row, or sorts by the active header.
    Open,
    /// Selects the active row, or the other way round.
    Toggle,
    /// Selects all rows.
    SelectAll,
}

/// What a key does at a cell of a grid with so many rows and columns, `page` rows of which are on screen.
pub fn decide(key: &str, ctrl: bool, at: (i64, usize), rows: i64, columns: usize, page: i64) -> Option<Move> {
    let (row, column) = at;
    let last_row = rows - 1;
    let last_column = columns.saturating_sub(1);
    let to =
        |row: i64, column: usize| Some(Move::To(row.clamp(-1, last_row.max(-1)), column.min(last_column)));
    match key {
        "ArrowDown" => to(row + 1, column),
        "ArrowUp" => to(row - 1, column),
        "ArrowRight" => to(row, column + 1),
        "ArrowLeft" => to(row, column.saturating_sub(1)),
        "PageDown" => to(row + page, column),
        "PageUp" => to((row - page).max(0), column),
        "Home" if ctrl => to(0, 0),
        "End" if ctrl => to(last_row, last_column),
        "Home" => to(row, 0),
        "End" => to(row, last_column),
        "Enter" => Some(Move::Open),
        " " => Some(Move::Toggle),
        "a" if ctrl => Some(Move::SelectAll),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_move_within_the_grid() {
        for (key, ctrl, at, expected) in [
            ("ArrowDown", false, (0, 1), Some(Move::To(1, 1))),
            ("ArrowUp", false, (0, 1), Some(Move::To(-1, 1))),
            ("ArrowUp", false, (-1, 1), Some(Move::To(-1, 1))),
            ("ArrowRight", false, (3, 2), Some(Move::To(3, 2))),
            ("ArrowLeft", false, (3, 0), Some(Move::To(3, 0))),
            ("PageDown", false, (95, 0), Some(Move::To(99, 0))),
            ("PageUp", false, (5, 0), Some(Move::To(0, 0))),
            ("Home", false, (5, 2), Some(Move::To(5, 0))),
            ("End", true, (5, 0), Some(Move::To(99, 2))),
            ("Home", true, (5, 2), Some(Move::To(0, 0))),
            ("Enter", false, (5, 2), Some(Move::Open)),
            (" ", false, (5, 2), Some(Move::Toggle)),
            ("a", true, (5, 2), Some(Move::SelectAll)),
            ("a", false, (5, 2), None),
        ] {
            assert_eq!(decide(key, ctrl, at, 100, 3, 10), expected, "{key}");
        }
        assert_eq!(decide("ArrowDown", false, (-1, 0), 0, 0, 10), Some(Move::To(-1, 0)));
    }
}
