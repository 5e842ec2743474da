#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod aggregate;
mod bind;
pub mod bound;
#[cfg(any(test, feature = "cases"))]
pub mod cases;
mod compare;
mod cookie;
mod date;
mod error;
mod evaluate;
mod fetch;
mod fiscal;
mod fold;
mod offline_profile;
mod pattern;
pub mod plan;
mod quick_find;
#[cfg(any(test, feature = "cases"))]
pub mod random;
#[cfg(any(test, feature = "cases"))]
pub mod reference;

pub use aggregate::Accumulator;
pub use bind::{Tables, bind};
pub use bound::{
    Answer, AnswerRow, BoundLink, BoundOrder, BoundOutput, BoundPlan, Caller, Comparison, Direction,
    HierarchyTest, Pattern, PatternPart, Predicate, Test,
};
pub use compare::{compare_values, id_of};
pub use cookie::{paging_annotation, paging_cookie};
pub use error::QueryError;
pub use evaluate::{Cells, split_alias};
pub use fetch::parse_fetch;
pub use fold::fold;
pub use offline_profile::{Above, CarriedTable, OfflineProfile, ProfileItem, ProfileRows, is_always_carried};
pub use plan::{
    Aggregate, Condition, Cookie, DatePart, Filter, Function, GroupBy, Link, LinkKind, Measure, Order,
    Output, OutputColumn, Page, Plan,
};
pub use quick_find::quick_find;
