//! What tells one content of a file from another.

use sha2::{Digest as _, Sha256};

/// The SHA-256 of some bytes, in hexadecimal. It names programs that run as root on other machines, so nobody must be able to
/// make another content with the same digest.
#[must_use]
pub fn sha256(content: &[u8]) -> String {
    let digest = Sha256::digest(content);
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::sha256;

    /// Source: FIPS 180-4, whose example of one block is the digest of these three letters.
    #[test]
    fn the_digest_is_that_of_the_standard() {
        assert_eq!(
            sha256(b"abc"),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        );
    }
}
