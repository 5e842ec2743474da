//! Calendar arithmetic for date operators and date groups.
