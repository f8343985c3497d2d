use tracing::Span;

use super::error::LabError;

/// Does the same with all of them at once.
///
/// # Errors
/// The first error, in their order.
pub(super) fn side_by_side<T: Send, U: Send>(
    all: impl IntoIterator<Item = T>,
    act: impl Fn(T) -> Result<U, LabError> + Sync,
) -> Result<Vec<U>, LabError> {
    let act = &act;
    let span = &Span::current();
    std::thread::scope(|scope| {
        let threads: Vec<_> = all
            .into_iter()
            .map(|one| scope.spawn(move || span.in_scope(|| act(one))))
            .collect();
        let panicked = || LabError::NotUp {
            why: "a thread panicked".to_owned(),
        };
        let joined = threads.into_iter().map(|thread| thread.join());
        joined
            .map(|done| done.unwrap_or_else(|_| Err(panicked())))
            .collect()
    })
}
