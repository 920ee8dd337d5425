package io.dso.agent.decide;

import static org.assertj.core.api.Assertions.assertThat;

import io.dso.agent.bundle.ReloadPolicy;
import io.dso.agent.bundle.ReloadPolicy.Hook;
import io.dso.agent.bundle.ReloadPolicy.Strategy;
import io.dso.agent.decide.Labels.Reading;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LabelsTest {
    private static final ReloadPolicy RESTART = new ReloadPolicy(
            Strategy.RESTART,
            "SIGHUP",
            Hook.NONE,
            Duration.ofSeconds(5),
            Duration.ofSeconds(60),
            ReloadPolicy.Batch.CAREFUL);

    private static Reading read(String... keysAndValues) {
        return Labels.read(
                RESTART,
                keysAndValues.length == 2
                        ? Map.of(keysAndValues[0], keysAndValues[1])
                        : Map.of(keysAndValues[0], keysAndValues[1], keysAndValues[2], keysAndValues[3]));
    }

    @Test
    void without_labels_the_bundles_policy_holds() {
        assertThat(Labels.read(RESTART, Map.of())).isEqualTo(new Reading.As(RESTART));
        assertThat(read("dso.reloader", "true")).isEqualTo(new Reading.As(RESTART));
    }

    @Test
    void a_container_may_ask_for_its_own_way() {
        assertThat(read("dso.strategy", "none")).isEqualTo(new Reading.As(RESTART.by(Strategy.NONE)));
        assertThat(read("dso.signal", "SIGUSR1")).isEqualTo(new Reading.As(RESTART.signalling("SIGUSR1")));
        assertThat(read("dso.exec", " nginx  -s reload ", "dso.strategy", "exec"))
                .isEqualTo(new Reading.As(RESTART.running(List.of("nginx", "-s", "reload"))));
        assertThat(Labels.read(RESTART.running(List.of("/reload")), Map.of("dso.strategy", "exec")))
                .isEqualTo(new Reading.As(RESTART.running(List.of("/reload"))));
    }

    @Test
    void a_container_may_ask_to_be_left_alone_whatever_else_it_says() {
        assertThat(read("dso.reloader", "false", "dso.strategy", "nonsense")).isEqualTo(new Reading.LeftAlone());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "dso.reloader | no | | | label dso.reloader is true or false, not 'no'",
                "dso.strategy | sgnal | | | label dso.strategy: there is no strategy 'sgnal', use one of none, signal, ",
                "dso.signal | HUP | | | label dso.signal: there is no signal 'HUP', write SIGHUP or the like",
                "dso.signal | SIGHUP | dso.strategy | restart | label dso.signal has no effect with dso.strategy=restart",
                "dso.signal | SIGHUP | dso.exec | /x | label dso.signal and dso.exec exclude each other",
                "dso.exec | /x | dso.strategy | none | label dso.exec has no effect with dso.strategy=none",
                "dso.strategy | exec | | | label dso.strategy: exec needs a command, in dso.exec or in the bundle's policy",
                "dso.exec | ' ' | | | label dso.exec is empty",
                "dso.exec | sh -c \"a b\" | | | label dso.exec has quotes, which mean nothing there: its words are separated by blanks",
            })
    void a_wrong_label_leaves_the_bundles_policy_and_says_which_and_why(
            String label, String value, String label2, String value2, String why) {
        var reading = label2 == null ? read(label, value) : read(label, value, label2, value2);

        assertThat(reading).isInstanceOfSatisfying(Reading.Wrong.class, wrong -> {
            assertThat(wrong.policy()).isEqualTo(RESTART);
            assertThat(wrong.why()).startsWith(why).endsWith("; the bundle's policy holds");
        });
    }

    @Test
    void what_the_image_says_changes_nothing_and_other_labels_are_not_ours() {
        var labels = Map.of("dso.strategy", "none", "dso.signal", "SIGUSR1", "dso.e2e", "x", "a", "b");

        assertThat(Labels.own(labels, Map.of("dso.strategy", "none", "dso.signal", "SIGHUP")))
                .as("the signal was set anew")
                .isEqualTo(Map.of("dso.signal", "SIGUSR1"));
        assertThat(Labels.own(labels, Map.of())).hasSize(2);
        assertThat(Labels.any(labels)).isTrue();
        assertThat(Labels.any(Map.of("dso.e2e", "x", "dso.bundle", "shop"))).isFalse();
    }
}
