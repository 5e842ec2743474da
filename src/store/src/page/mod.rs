//! A page: some 500 rows of a table as bytes, column by column, compressed, with a checksum.
//!
//! Layout: `VP`, the version of the layout, 8 bytes of checksum over all that follows and over the page's own key,
//! 4 bytes of the length before compression, the LZ4 block. Inside: which slots hold rows, their ids and versions,
//! then each column with its name, so that a page outlives changes of the table's definition.

mod bytes;
mod decode;
mod encode;

pub use bytes::Damaged;

use crate::table::TableData;

const MARK: [u8; 2] = *b"VP";
const VERSION: u8 = 1;
/// No page is larger before compression; a larger claim is damage.
const LARGEST: usize = 256 << 20;

/// A page's place: the table's number and the page's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PageKey {
    /// The number the database gave the table.
    pub table: u16,
    /// The page.
    pub page: u32,
}

impl PageKey {
    /// The key in the object store.
    pub fn bytes(self) -> Vec<u8> {
        let mut key = self.table.to_be_bytes().to_vec();
        key.extend_from_slice(&self.page.to_be_bytes());
        key
    }

    /// Reads the key back.
    pub fn parse(key: &[u8]) -> Result<Self, Damaged> {
        let mut reader = bytes::Reader(key);
        let (table, page) = (u16::from_be_bytes(reader.array()?), u32::from_be_bytes(reader.array()?));
        if reader.0.is_empty() { Ok(Self { table, page }) } else { Err(Damaged) }
    }
}

/// The base rows of a page as bytes; nothing when it has none. The journal must be off.
pub fn encode(table: &TableData, key: PageKey) -> Option<Vec<u8>> {
    let plain = encode::rows(table, key.page)?;
    let mut rest = u32::try_from(plain.len()).ok()?.to_le_bytes().to_vec();
    rest.extend(lz4_flex::block::compress(&plain));
    let mut value = MARK.to_vec();
    value.push(VERSION);
    value.extend_from_slice(&checksum(key, &rest).to_le_bytes());
    value.extend_from_slice(&rest);
    Some(value)
}

/// Puts the rows of a page into the table.
pub fn decode(value: &[u8], key: PageKey, table: &mut TableData) -> Result<(), Damaged> {
    let mut reader = bytes::Reader(value);
    if reader.array()? != MARK || reader.byte()? != VERSION {
        return Err(Damaged);
    }
    let expected = u64::from_le_bytes(reader.array()?);
    if checksum(key, reader.0) != expected {
        return Err(Damaged);
    }
    let length = u32::from_le_bytes(reader.array()?) as usize;
    if length > LARGEST {
        return Err(Damaged);
    }
    let plain = lz4_flex::block::decompress(reader.0, length).map_err(|_| Damaged)?;
    decode::rows(&plain, key.page, table)
}

/// A mixing sum over whole words: any single changed word changes it, whatever stands elsewhere.
fn checksum(key: PageKey, bytes: &[u8]) -> u64 {
    const FACTOR: u64 = 0x9e37_79b9_7f4a_7c15;
    let mix = |sum: u64, word: u64| (sum ^ word).wrapping_mul(FACTOR).rotate_left(29);
    let seed = mix(u64::from(key.table) << 32 | u64::from(key.page), bytes.len() as u64);
    let (words, rest) = bytes.as_chunks::<8>();
    let sum = words.iter().fold(seed, |sum, word| mix(sum, u64::from_le_bytes(*word)));
    mix(rest.iter().fold(sum, |sum, byte| mix(sum, u64::from(*byte))), FACTOR)
}

#[cfg(test)]
mod tests;
