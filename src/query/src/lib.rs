#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod bind;
pub mod bound;
mod compare;
mod date;
mod error;
mod evaluate;
mod fetch;
mod fold;
mod pattern;
pub mod plan;
mod quick_find;

pub use bind::{Tables, bind};
pub use bound::{
    Answer, AnswerRow, BoundLink, BoundOutput, BoundPlan, Caller, Comparison, Pattern, PatternPart,
    Predicate, Test,
};
pub use compare::{compare_values, id_of};
pub use error::QueryError;
pub use evaluate::{Cells, split_alias};
pub use fetch::parse_fetch;
pub use fold::fold;
pub use plan::{
    Aggregate, Condition, DatePart, Filter, Function, GroupBy, Link, LinkKind, Measure, Order, Output,
    OutputColumn, Page, Plan,
};
pub use quick_find::quick_find;
