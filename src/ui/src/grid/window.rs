//! Which rows are on screen: arithmetic of a list with rows of one height.

/// Rows drawn beyond the edge, so that a short scroll shows no gap.
const OVERSCAN: u64 = 6;

/// The rows to draw, the last one excluded.
pub fn visible(scroll_pixels: f64, height_pixels: f64, row_pixels: f64, total: u64) -> (u64, u64) {
    if row_pixels <= 0.0 || total == 0 {
        return (0, 0);
    }
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "not negative after max")]
    let row_at = |pixels: f64| (pixels.max(0.0) / row_pixels) as u64;
    let first = row_at(scroll_pixels).saturating_sub(OVERSCAN);
    let last = row_at(scroll_pixels + height_pixels) + 1 + OVERSCAN;
    (first.min(total), last.min(total))
}

/// The pages that hold these rows.
pub fn pages(first: u64, last: u64, page_rows: u64) -> std::ops::RangeInclusive<u64> {
    (first / page_rows)..=(last.saturating_sub(1).max(first) / page_rows)
}

/// Where to scroll so that a row is whole on screen; nothing when it is.
pub fn scroll_to(row: u64, scroll_pixels: f64, height_pixels: f64, row_pixels: f64) -> Option<f64> {
    #[expect(clippy::cast_precision_loss, reason = "rows of a screen are far below 2^52")]
    let top = row as f64 * row_pixels;
    if top < scroll_pixels {
        Some(top)
    } else if top + row_pixels > scroll_pixels + height_pixels {
        Some(top + row_pixels - height_pixels)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_rows_on_screen_and_a_few_more_are_drawn() {
        for (scroll, total, expected) in [
            (0.0, 100_000, (0, 17)),
            (4_400.0, 100_000, (94, 117)),
            (4_399_560.0, 100_000, (99_984, 100_000)),
            (0.0, 3, (0, 3)),
            (-50.0, 100, (0, 15)),
            (0.0, 0, (0, 0)),
        ] {
            assert_eq!(visible(scroll, 440.0, 44.0, total), expected, "{scroll} of {total}");
        }
    }

    #[test]
    fn the_pages_cover_the_rows() {
        assert_eq!(pages(0, 17, 100), 0..=0);
        assert_eq!(pages(94, 117, 100), 0..=1);
        assert_eq!(pages(100, 200, 100), 1..=1);
        assert_eq!(pages(0, 0, 100), 0..=0);
    }

    #[test]
    fn a_row_is_scrolled_into_sight_by_the_shortest_way() {
        assert_eq!(scroll_to(0, 100.0, 440.0, 44.0), Some(0.0));
        assert_eq!(scroll_to(5, 0.0, 440.0, 44.0), None);
        assert_eq!(scroll_to(10, 0.0, 440.0, 44.0), Some(44.0));
    }
}
