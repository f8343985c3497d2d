//! What tells one content of a file from another.

/// FNV-1a of some bytes in hexadecimal: enough to see whether a file is another than before.
pub(crate) fn digest(content: &[u8]) -> String {
    let hash = content
        .iter()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
            (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3)
        });
    format!("{hash:016x}")
}
