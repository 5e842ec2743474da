#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

pub mod bound;
pub mod plan;

pub use bound::{
    Answer, AnswerRow, BoundLink, BoundOutput, BoundPlan, Caller, Comparison, Pattern, PatternPart,
    Predicate, Test,
};
pub use plan::{Condition, Filter, Link, LinkKind, Order, Output, OutputColumn, Page, Plan};
