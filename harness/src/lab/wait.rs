use std::time::{Duration, Instant};

use tracing::debug;

use super::error::LabError;

/// Polls until the condition holds, for at most half a minute.
pub(super) fn wait_until(what: &str, mut holds: impl FnMut() -> bool) -> Result<(), LabError> {
    let began = Instant::now();
    let deadline = began + Duration::from_secs(30);
    while !holds() {
        if Instant::now() > deadline {
            return Err(LabError::Late {
                what: what.to_owned(),
                seconds: 30,
            });
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    debug!(took = ?began.elapsed(), "{what}");
    Ok(())
}
