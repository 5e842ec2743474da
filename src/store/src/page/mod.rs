//! A page: some 2,000 rows of a table as bytes, each column on its own, compressed, with a checksum.
//!
//! Part 0 of a page says which slots hold rows, with their ids and versions; every other part holds one column of them.
//! So a question reads the columns it is about, and a write writes those it changes. A part is `VP`, the version of the
//! layout, 8 bytes of checksum over all that follows and over the part's own key, 4 bytes of the length before
//! compression, the LZ4 block.

mod bytes;
mod decode;
mod encode;
mod legacy;

pub use bytes::Damaged;
pub use decode::{cells as decode_cells, column as decode_column, rows as decode_rows};
pub use encode::{chunks, column as encode_column, rows as encode_rows, storage, values_of as encode_values};
pub use legacy::decode as decode_legacy;

use crate::table::PAGE_SLOTS;

const MARK: [u8; 2] = *b"VP";
const VERSION: u8 = 2;
/// No part is larger before compression; a larger claim is damage.
const LARGEST: usize = 256 << 20;

/// The part of a page that says which rows there are.
pub const ROWS: u16 = 0;

/// A chunk of a column: one of the equal parts that the column of a page is kept in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Chunk {
    /// Its number, counted through all pages: what the key has for the page.
    pub number: u32,
    /// In how many chunks the column of a page is kept.
    pub of: u32,
}

impl Chunk {
    /// The chunks of a page.
    pub fn of_page(page: u32, of: u32) -> impl Iterator<Item = Self> {
        (page.saturating_mul(of)..(page + 1).saturating_mul(of)).map(move |number| Self { number, of })
    }

    /// The chunk that holds a slot.
    pub fn of_slot(slot: usize, of: u32) -> Self {
        let length = Self { number: 0, of }.length();
        Self { number: u32::try_from(slot / length).unwrap_or(u32::MAX), of }
    }

    /// How many slots it has.
    pub const fn length(self) -> usize {
        let length = PAGE_SLOTS / self.of as usize;
        if length == 0 { 1 } else { length }
    }

    /// Its first slot.
    pub const fn first(self) -> usize {
        self.number as usize * self.length()
    }
}

/// The place of a part: the table's number, the part's, the page's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct PageKey {
    /// The number the database gave the table.
    pub table: u16,
    /// `ROWS`, or the number the table gave the column.
    pub part: u16,
    /// The page, or the number of the chunk.
    pub page: u32,
}

impl PageKey {
    /// The key in the object store.
    pub fn bytes(self) -> Vec<u8> {
        let mut key = Self::prefix(self.table, self.part);
        key.extend_from_slice(&self.page.to_be_bytes());
        key
    }

    /// What the keys of a part of all pages begin with.
    pub fn prefix(table: u16, part: u16) -> Vec<u8> {
        [table.to_be_bytes(), part.to_be_bytes()].concat()
    }

    /// Reads the key back.
    pub fn parse(key: &[u8]) -> Result<Self, Damaged> {
        let mut reader = bytes::Reader(key);
        let (table, part) = (u16::from_be_bytes(reader.array()?), u16::from_be_bytes(reader.array()?));
        let page = u32::from_be_bytes(reader.array()?);
        if reader.0.is_empty() { Ok(Self { table, part, page }) } else { Err(Damaged) }
    }

    fn seed(self) -> u64 {
        u64::from(self.table) << 48 | u64::from(self.part) << 32 | u64::from(self.page)
    }
}

/// A part as it is kept.
pub fn seal(key: PageKey, plain: &[u8]) -> Vec<u8> {
    let mut rest = u32::try_from(plain.len()).unwrap_or(u32::MAX).to_le_bytes().to_vec();
    rest.extend(lz4_flex::block::compress(plain));
    let mut value = MARK.to_vec();
    value.push(VERSION);
    value.extend_from_slice(&checksum(key.seed(), &rest).to_le_bytes());
    value.extend_from_slice(&rest);
    value
}

/// A part as it was before it was sealed.
pub fn open(key: PageKey, value: &[u8]) -> Result<Vec<u8>, Damaged> {
    unseal(VERSION, key.seed(), value)
}

fn unseal(version: u8, seed: u64, value: &[u8]) -> Result<Vec<u8>, Damaged> {
    let mut reader = bytes::Reader(value);
    if reader.array()? != MARK || reader.byte()? != version {
        return Err(Damaged);
    }
    let expected = u64::from_le_bytes(reader.array()?);
    if checksum(seed, reader.0) != expected {
        return Err(Damaged);
    }
    let length = u32::from_le_bytes(reader.array()?) as usize;
    if length > LARGEST {
        return Err(Damaged);
    }
    lz4_flex::block::decompress(reader.0, length).map_err(|_| Damaged)
}

/// A mixing sum over whole words: any single changed word changes it, whatever stands elsewhere.
fn checksum(seed: u64, bytes: &[u8]) -> u64 {
    const FACTOR: u64 = 0x9e37_79b9_7f4a_7c15;
    let mix = |sum: u64, word: u64| (sum ^ word).wrapping_mul(FACTOR).rotate_left(29);
    let seed = mix(seed, bytes.len() as u64);
    let (words, rest) = bytes.as_chunks::<8>();
    let sum = words.iter().fold(seed, |sum, word| mix(sum, u64::from_le_bytes(*word)));
    mix(rest.iter().fold(sum, |sum, byte| mix(sum, u64::from(*byte))), FACTOR)
}

#[cfg(test)]
mod tests;
