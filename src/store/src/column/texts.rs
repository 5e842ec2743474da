//! Many texts in one buffer, named by number, with their folded forms for searching.
//!
//! Equal texts share a number as long as there are few different ones; a column whose texts hardly ever repeat stops
//! looking for equals, which halves the cost of filling it.

use super::bits::Bits;
use hashbrown::{DefaultHashBuilder, HashTable};
use std::cell::{Ref, RefCell};
use std::hash::BuildHasher;

/// Different texts from which on a column is asked whether looking for equals pays.
const MANY: usize = 4096;

/// From so many bytes on a pool grows in small steps.
const LARGE: usize = 4 << 20;

/// A pool of texts. Number 0 is no text.
#[derive(Clone, Debug)]
pub struct Texts {
    buffer: String,
    ends: Vec<u32>,
    equals: Option<HashTable<u32>>,
    hasher: DefaultHashBuilder,
    puts: usize,
    folded: RefCell<Folded>,
}

impl Default for Texts {
    fn default() -> Self {
        Self {
            buffer: String::new(),
            ends: vec![0],
            equals: Some(HashTable::new()),
            hasher: DefaultHashBuilder::default(),
            puts: 0,
            folded: RefCell::default(),
        }
    }
}

impl Texts {
    /// How many numbers there are, 0 included.
    pub fn length(&self) -> usize {
        self.ends.len()
    }

    /// Memory, in bytes.
    pub fn bytes(&self) -> usize {
        let folded = self.folded.borrow();
        let folded = folded.buffer.capacity() + folded.ends.capacity() * 4 + folded.signatures.capacity() * 8;
        let equals = self.equals.as_ref().map_or(0, |equals| equals.capacity() * 8);
        self.buffer.capacity() + self.ends.capacity() * 4 + equals + folded
    }

    /// The text of a number.
    pub fn get(&self, code: u32) -> &str {
        slice(&self.buffer, &self.ends, code as usize)
    }

    /// The number of a text, which is added if need be. Nothing when the pool is full (4 GiB).
    pub fn put(&mut self, text: &str) -> Option<u32> {
        self.puts += 1;
        let hash = self.hasher.hash_one(text);
        if let Some(equals) = &self.equals {
            let same = |code: &u32| slice(&self.buffer, &self.ends, *code as usize) == text;
            if let Some(code) = equals.find(hash, same) {
                return Some(*code);
            }
        }
        let code = u32::try_from(self.ends.len()).ok()?;
        let end = u32::try_from(self.buffer.len() + text.len()).ok()?;
        self.grow(text.len());
        self.buffer.push_str(text);
        self.ends.push(end);
        if self.ends.len() > MANY && self.ends.len() * 2 > self.puts {
            self.equals = None;
        }
        if let Some(equals) = &mut self.equals {
            let (buffer, ends, hasher) = (&self.buffer, &self.ends, &self.hasher);
            equals.insert_unique(hash, code, |code| hasher.hash_one(slice(buffer, ends, *code as usize)));
        }
        Some(code)
    }

    /// After `done` of `all` pages: makes room for as much again for each of the others.
    pub fn expect(&mut self, done: usize, all: usize) {
        // A little more than the mean, for one that turns out too small is doubled.
        let rest = |length: usize| (length + length / 16) / done.max(1) * all.saturating_sub(done);
        self.buffer.reserve_exact(rest(self.buffer.len()));
        self.ends.reserve_exact(rest(self.ends.len()));
    }

    /// Makes room for more bytes. What is large grows by an eighth: doubled it would be half empty.
    fn grow(&mut self, bytes: usize) {
        let capacity = self.buffer.capacity();
        if capacity > LARGE && self.buffer.len() + bytes > capacity {
            self.buffer.reserve_exact(bytes.max(capacity / 8));
        }
    }

    /// True when the pool holds far more numbers than `used`, because texts were replaced.
    pub fn is_wasteful(&self, used: usize) -> bool {
        self.ends.len() > MANY && self.ends.len() > used * 2
    }

    /// The folded forms of all texts.
    pub fn folded(&self) -> Ref<'_, Folded> {
        if self.folded.borrow().ends.len() < self.ends.len() {
            let mut folded = self.folded.borrow_mut();
            folded.reserve(self.buffer.len(), self.ends.len());
            for code in folded.ends.len()..self.ends.len() {
                folded.push(if code == 0 { "" } else { slice(&self.buffer, &self.ends, code) });
            }
        }
        self.folded.borrow()
    }
}

/// The folded forms of a pool's texts.
#[derive(Clone, Debug, Default)]
pub struct Folded {
    buffer: String,
    ends: Vec<u32>,
    signatures: Vec<u64>,
}

impl Folded {
    /// The folded text of a number.
    pub fn get(&self, code: u32) -> &str {
        slice(&self.buffer, &self.ends, code as usize)
    }

    /// A mark of the letter pairs in the folded text: a text that contains another has all its bits.
    pub fn signature(&self, code: u32) -> u64 {
        self.signatures.get(code as usize).copied().unwrap_or(0)
    }

    /// The numbers whose texts may contain a text of this mark.
    pub fn candidates(&self, required: u64) -> Bits {
        let mut bits = Bits::all(self.signatures.len());
        if required != 0 {
            bits.retain_values(&self.signatures, |signature| signature & required == required);
        }
        bits.put(0, false);
        bits
    }

    /// Makes room for so much in all: folded texts are about as long as the texts.
    fn reserve(&mut self, bytes: usize, texts: usize) {
        self.buffer.reserve_exact(bytes.saturating_sub(self.buffer.len()));
        let more = texts.saturating_sub(self.ends.len());
        self.ends.reserve_exact(more);
        self.signatures.reserve_exact(more);
    }

    fn push(&mut self, text: &str) {
        let folded = query::fold(text);
        self.signatures.push(signature(&folded));
        self.buffer.push_str(&folded);
        self.ends.push(u32::try_from(self.buffer.len()).unwrap_or(u32::MAX));
    }
}

/// One bit of 64 for each pair of neighbouring bytes.
pub fn signature(text: &str) -> u64 {
    let mut bits = 0;
    for pair in text.as_bytes().windows(2) {
        let number = u32::from(pair[0]) * 31 + u32::from(pair[1]) * 17;
        bits |= 1 << ((number ^ number >> 6) & 63);
    }
    bits
}

fn slice<'a>(buffer: &'a str, ends: &[u32], code: usize) -> &'a str {
    let from = if code == 0 { 0 } else { ends.get(code - 1).copied().unwrap_or(0) as usize };
    let until = ends.get(code).copied().unwrap_or(0) as usize;
    buffer.get(from..until).unwrap_or("")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_texts_share_a_number_until_they_hardly_repeat() {
        let mut texts = Texts::default();
        let a = texts.put("Éire").unwrap();
        assert_eq!(texts.put("Éire"), Some(a));
        assert_ne!(texts.put("éire"), Some(a));
        for number in 0..MANY * 2 {
            texts.put(&number.to_string()).unwrap();
        }
        assert!(texts.equals.is_none());
        assert_eq!(texts.get(a), "Éire");
        assert_eq!(texts.folded().get(a), "eire");
        assert_eq!(texts.get(0), "");
        assert_eq!(texts.get(u32::MAX), "");
    }

    #[test]
    fn a_part_has_no_bit_that_the_whole_lacks() {
        for (whole, part) in [("contoso delta", "so de"), ("ab", "ab"), ("a", "a"), ("xyz", "")] {
            assert_eq!(signature(whole) & signature(part), signature(part));
        }
    }
}
