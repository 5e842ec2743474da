//! Makes a real file into one that nobody expects.

use crate::draw::Draw;

/// Texts that stand where something else is expected.
const ODD: [&str; 24] = [
    "",
    "-1",
    "0",
    "99999999999999999999",
    "1e308",
    "NaN",
    "true",
    "null",
    "{00000000-0000-0000-0000-000000000000}",
    "javascript:alert(1)",
    "&lol;",
    "&#0;",
    "&#x10FFFF;",
    "<![CDATA[ ]]>",
    "]]>",
    "<!-- ",
    "\"",
    "'",
    "\\u0000",
    "\u{feff}",
    "\u{202e}",
    "é",
    "%00%ff",
    "\r\n--batch\r\n",
];

/// One input: a file of the corpus, changed one to five times.
pub fn mutate(draw: &mut Draw, corpus: &[Vec<u8>], most_bytes: usize) -> Vec<u8> {
    let mut input = draw.one_of(corpus).clone();
    for _ in 0..=draw.below(5) {
        input = change(draw, input, corpus);
        input.truncate(most_bytes);
    }
    input
}

fn change(draw: &mut Draw, mut input: Vec<u8>, corpus: &[Vec<u8>]) -> Vec<u8> {
    let (from, to) = range(draw, &input);
    match draw.below(12) {
        0 => input.truncate(from),
        1 => drop(input.drain(from..to)),
        2 => {
            let part = input[from..to].repeat(1 + draw.below(30));
            drop(input.splice(to..to, part));
        }
        3 => {
            let other = draw.one_of(corpus);
            let (begin, end) = range(draw, other);
            drop(input.splice(from..to, other[begin..end].iter().copied()));
        }
        4 => {
            for _ in 0..=draw.below(8) {
                let (at, byte) = (draw.below(input.len()), draw.byte());
                if let Some(place) = input.get_mut(at) {
                    *place = byte;
                }
            }
        }
        5 => nest(draw, &mut input),
        6 => {
            let (from, to) = value(draw, &input);
            let odd = draw.one_of(&ODD).repeat(1 + draw.below(3));
            drop(input.splice(from..to, odd.into_bytes()));
        }
        7 => {
            let (from, to) = value(draw, &input);
            let long = vec![b'a' + draw.byte() % 26; draw.below(10_000)];
            drop(input.splice(from..to, long));
        }
        8 => {
            let doctype = b"<!DOCTYPE a [<!ENTITY lol \"lol\"><!ENTITY ha \"&lol;&lol;&lol;\">]>".to_vec();
            drop(input.splice(0..0, doctype));
        }
        9 => element(draw, &mut input),
        10 => input.insert(from, *draw.one_of(b"<>\"'&{}[](),:%=/\\\0\n")),
        _ => drop(input.splice(from..from, draw.one_of(&ODD).bytes())),
    }
    input
}

/// A part of the input, mostly short.
fn range(draw: &mut Draw, input: &[u8]) -> (usize, usize) {
    let from = draw.below(input.len() + 1);
    let length = if draw.one_in(4) { draw.below(input.len() + 1) } else { draw.below(40) };
    (from, (from + length).min(input.len()))
}

/// The inside of a quoted text.
fn value(draw: &mut Draw, input: &[u8]) -> (usize, usize) {
    let start = draw.below(input.len() + 1);
    let quote = |from: usize| input[from..].iter().position(|byte| *byte == b'"').map(|at| from + at);
    let open = quote(start).map_or(start, |at| at + 1);
    (open, quote(open).unwrap_or(open))
}

/// An element or bracket around all the rest, many times.
fn nest(draw: &mut Draw, input: &mut Vec<u8>) {
    let around =
        [("<row>", "</row>"), ("<filter>", "</filter>"), ("[", "]"), ("{\"steps\":", "}"), ("(", ")")];
    let (open, close) = *draw.one_of(&around);
    let (depth, at) = (1 + draw.below(300), draw.below(input.len() + 1));
    let closes = if draw.one_in(2) { depth } else { draw.below(depth) };
    input.extend(close.repeat(closes).into_bytes());
    drop(input.splice(at..at, open.repeat(depth).into_bytes()));
}

/// Repeats an element where it stands, in the way a hand or a program would.
fn element(draw: &mut Draw, input: &mut Vec<u8>) {
    let start = draw.below(input.len() + 1);
    let Some(open) = input[start..].iter().position(|byte| *byte == b'<').map(|at| start + at) else {
        return;
    };
    let Some(close) = input[open..].iter().position(|byte| *byte == b'>').map(|at| open + at + 1) else {
        return;
    };
    let tag = input[open..close].repeat(1 + draw.below(60));
    drop(input.splice(close..close, tag));
}
