use crate::case::{CaseSpec, ConfigForm, Fault, Level, Step};
use crate::judge::Severity;
use crate::judge::record::{Ran, Record};

/// How much it weighs that a run did not find its guest.
///
/// Once the case has made the configuration name another domain, an agent that follows the file
/// misses only a `should` (DBL-17); then the case's own level counts.
pub(in crate::judge) fn severity(spec: &CaseSpec, record: &Record<'_>, ran: &Ran<'_>) -> Severity {
    let renamed = record
        .steps()
        .any(|(at, path)| at <= ran.began && spec.step(path).is_some_and(names_another));
    match spec.level {
        Level::Must => Severity::Fail,
        Level::Should | Level::May if renamed => Severity::Warn,
        Level::Should | Level::May => Severity::Fail,
    }
}

const fn names_another(step: &Step) -> bool {
    matches!(
        step,
        Step::Fault(Fault::Config {
            form: ConfigForm::NameIsId | ConfigForm::NameIsUuid,
            ..
        })
    )
}
