# A test module of openQA, for a SUT with the package virt-ra-tester: its results are shown by openQA's parser of JUnit.
use base 'opensusebasetest';
use strict;
use warnings;
use testapi;

sub run {
    select_console 'root-console';
    my $agent = get_var('VRT_AGENT', 'ocf:heartbeat:VirtualDomain');
    my $code = script_run("virt-ra-tester run --agent $agent --report /tmp/results", timeout => 3600);
    die 'virt-ra-tester did not end in time' unless defined $code;
    # 2 and more: wrong usage, or no case was chosen. There are no results then.
    die "virt-ra-tester ended with exit code $code" if $code == 2 || $code > 3;
    upload_logs('/tmp/results/latest/report.html', failok => 1);
    # 3: the lab failed, which says nothing about the agent. openQA shows a soft failure then.
    if ($code == 3) {
        record_soft_failure('inconclusive: the lab failed');
        return;
    }
    parse_extra_log('XUnit', '/tmp/results/latest/junit.xml');
}

1;
