//! Invariant 12: a passing failure is not reported as a permanent one.
//!
//! Pacemaker takes 6 for fatal, and never starts the guest anywhere again; and 2 to 5 for hard, and never starts it on
//! that node again, in both cases until somebody clears the failure by hand. Source: Pacemaker Administration, 'Resource
//! agents', return codes; lib/pengine/unpack.c, `remap_operation` and `unpack_rsc_op`.

use std::collections::BTreeMap;

use super::breach::Breach;
use super::ending::names_code;
use crate::case::{CaseSpec, ConfigForm, Fault, Role, Run, Step, Target};
use crate::judge::record::{Ran, Record};
use crate::judge::{Finding, Invariant, cluster};
use crate::ocf::{Code, Verb};

/// Judges the codes of runs whose configuration and surroundings are sound: a daemon, a disk, a lock or the other node
/// may fail them, but each may be well again a moment later.
pub(super) fn for_a_moments_trouble(spec: &CaseSpec, record: &Record<'_>) -> Vec<Finding> {
    if !is_sound_world(spec) {
        return Vec::new();
    }
    let sound = |ran: &&Ran<'_>| {
        let is_sound = match ran.step(spec) {
            Some(Step::Run(run)) => is_sound_run(run),
            _ => ran.is_of_cluster() && is_sound_in_cluster(spec, ran),
        };
        is_sound && !is_rewritten(spec, record, ran)
    };
    let runs = record.runs.iter().filter(sound);
    runs.filter(|ran| !names_code(spec, ran))
        .filter_map(bans)
        .collect()
}

fn bans(ran: &Ran<'_>) -> Option<Finding> {
    let code = ran.code()?;
    let breach = |clauses: &'static [&'static str], expected: &str| Breach {
        invariant: Invariant::NoFalseBan,
        clauses,
        at: Some(ran.ended()),
        run: Some(ran.invocation.id),
        node: Some(&ran.invocation.node),
        expected: format!("{} {expected}", ran.name()),
        seen: code.to_string(),
    };
    // A stop that fails gets its node fenced, whatever its code; a probe's 2 and 5 are no failures.
    let banned_here =
        ran.is(&Verb::Start) || ran.is_migration() || (ran.is(&Verb::Monitor) && !ran.is_probe());
    match code {
        Code::ErrConfigured => {
            let expected =
                "not to answer as if the configuration were wrong on every node: it is sound";
            Some(breach(&["OCF-EXIT-11"], expected).fail())
        }
        Code::ErrArgs | Code::ErrUnimplemented | Code::ErrPerm | Code::ErrInstalled
            if banned_here =>
        {
            let expected =
                "not to answer as if something were wrong with this node for good: it is sound";
            Some(breach(&["OCF-EXIT-12"], expected).warn())
        }
        _ => None,
    }
}

/// Whether the cluster asked for a run with parameters, and with sound ones. It forgets those of a resource that it cleaned.
fn is_sound_in_cluster(spec: &CaseSpec, ran: &Ran<'_>) -> bool {
    let create = cluster::create(spec);
    create.is_some_and(|create| are_sound(&create.parameters)) && cluster::has_parameters(ran)
}

/// Whether the world of the case has all that the agent needs.
pub(super) fn is_sound_world(spec: &CaseSpec) -> bool {
    let given = &spec.given;
    let sound = match given.config {
        ConfigForm::Plain
        | ConfigForm::OneLine
        | ConfigForm::Commented
        | ConfigForm::SecondName
        | ConfigForm::SpacedPath
        | ConfigForm::DottedPath
        | ConfigForm::InLibvirt
        | ConfigForm::Secret
        | ConfigForm::Crlf
        | ConfigForm::CommentedOut
        | ConfigForm::MetadataFirst
        | ConfigForm::OtherFileName
        | ConfigForm::Nvram => true,
        ConfigForm::Missing
        | ConfigForm::Empty
        | ConfigForm::Truncated
        | ConfigForm::Unreadable
        | ConfigForm::MissingDisk
        | ConfigForm::MissingNetwork
        | ConfigForm::NameIsId
        | ConfigForm::NameIsUuid
        // libvirt accepts these, but an agent may ask its operator to write them another way.
        | ConfigForm::NoUuid
        | ConfigForm::Bom
        | ConfigForm::Mixed
        | ConfigForm::Cdata
        | ConfigForm::Entity
        | ConfigForm::BlankName
        | ConfigForm::QuotedName
        | ConfigForm::DashedName
        | ConfigForm::UnicodeName => false,
    };
    // A domain of the guest's own name is in the way until somebody takes it away.
    sound && are_sound(&given.parameters) && given.stranger.is_empty()
}

/// Whether all parameters are valid, so that the operator made no mistake.
fn are_sound(parameters: &BTreeMap<Role, Option<String>>) -> bool {
    parameters.iter().all(|(role, value)| match (role, value) {
        (Role::Bandwidth, Some(value)) => value.parse::<u32>().is_ok(),
        (Role::ForceStop | Role::Peers, Some(_)) | (Role::Name, _) => true,
        _ => false,
    })
}

/// Whether a run is one that Pacemaker makes of a sound configuration.
fn is_sound_run(run: &Run) -> bool {
    let is_complete = match &run.action {
        Some(Verb::MigrateTo) => run.to.is_some() && run.target == Target::Told,
        Some(Verb::MigrateFrom) => run.from.is_some(),
        Some(verb) => matches!(
            verb,
            Verb::Start
                | Verb::Stop
                | Verb::Monitor
                | Verb::Status
                | Verb::ValidateAll
                | Verb::Reload
        ),
        None => false,
    };
    let as_configured = run.args.is_empty() && are_sound(&run.parameters) && run.env.is_empty();
    let equipped = run.without_tools.is_empty() && !run.unprivileged && !run.defaults;
    is_complete && as_configured && equipped
}

/// Whether the case had rewritten the configuration or scripted a tool before.
fn is_rewritten(spec: &CaseSpec, record: &Record<'_>, ran: &Ran<'_>) -> bool {
    let rewrites =
        |step: &Step| matches!(step, Step::Fault(Fault::Config { .. } | Fault::Tool { .. }));
    record
        .steps()
        .any(|(at, path)| at <= ran.ended() && spec.step(path).is_some_and(rewrites))
}
