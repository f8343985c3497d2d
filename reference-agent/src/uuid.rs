//! UUIDs as libvirt reads and prints them.

/// A UUID as libvirt prints it: lower case, with dashes. It reads them with dashes and blanks anywhere.
pub(crate) fn canonical(text: &str) -> Option<String> {
    let digits: String = text
        .chars()
        .filter(|c| *c != '-' && !c.is_ascii_whitespace())
        .collect::<String>()
        .to_ascii_lowercase();
    if digits.len() != 32 || !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    let parts = [
        &digits[..8],
        &digits[8..12],
        &digits[12..16],
        &digits[16..20],
        &digits[20..],
    ];
    Some(parts.join("-"))
}

/// The sixteen bytes of a UUID.
pub(crate) fn bytes(text: &str) -> Option<[u8; 16]> {
    let digits = canonical(text)?.replace('-', "");
    u128::from_str_radix(&digits, 16)
        .ok()
        .map(u128::to_be_bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    const UUID: &str = "c0ffee00-1111-4222-8333-444455556666";

    #[test]
    fn a_uuid_is_brought_into_one_form() {
        assert_eq!(
            canonical(" C0FFEE00111142228333444455556666\n").as_deref(),
            Some(UUID)
        );
        assert_eq!(canonical("vm"), None);
        assert_eq!(canonical("zzzzzzzz-1111-4222-8333-444455556666"), None);
    }

    #[test]
    fn a_uuid_is_sixteen_bytes() {
        assert_eq!(bytes(UUID).unwrap()[..4], [0xc0, 0xff, 0xee, 0]);
        assert_eq!(bytes("c0ffee00"), None);
        assert_eq!(bytes("not-a-uuid"), None);
    }
}
