package io.dso.agent.record;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HistoryTest {
    private static final Instant T = Instant.parse("2026-01-01T12:00:00Z");

    @TempDir
    private Path directory = Path.of("/nowhere");

    private static Happening happening(int second, String type, String bundle, String why) {
        Map<String, String> attributes = new LinkedHashMap<>(Map.of("bundle", bundle));
        if (!why.isEmpty()) {
            attributes.put("why", why);
        }
        return new Happening(T.plusSeconds(second), type, attributes);
    }

    @Test
    void what_became_of_rotations_is_there_after_a_kill_newest_first() throws IOException {
        var history = History.open(directory);
        var rotated = happening(1, "rotated", "shop", "");
        var other = happening(2, "rotated", "other", "");
        var back = happening(3, "rolled-back", "shop", "web \"exited\"\nwith 3 – ä");
        history.note(rotated);
        history.note(other);
        history.note(back);

        var again = History.open(directory);

        assertThat(again.of("shop")).containsExactly(back, rotated);
        assertThat(again.all()).containsExactly(back, other, rotated);
        assertThat(again.of("none")).isEmpty();
    }

    @Test
    void what_was_ordered_for_all_bundles_stands_in_each_ones_and_what_is_no_rotation_in_none() throws IOException {
        var history = History.open(directory);
        var pause = new Happening(T, "ordered", Map.of("verb", "pause"));

        history.note(happening(1, "mounted", "shop", ""));
        history.note(pause);
        history.note(new Happening(T, "ordered", Map.of("verb", "sync")));

        assertThat(history.of("shop")).containsExactly(pause);
        assertThat(history.all()).containsExactly(pause);
    }

    @Test
    void each_bundle_has_so_many_entries_and_a_busy_one_takes_none_of_anothers() throws IOException {
        var history = History.open(directory);
        history.note(happening(0, "rotated", "quiet", ""));
        for (int i = 1; i <= 3 * History.LONGEST; i++) {
            history.note(happening(i, "rotated", "busy", ""));
        }

        assertThat(history.of("busy")).hasSize(History.LONGEST);
        assertThat(history.of("busy").getFirst().at()).isEqualTo(T.plusSeconds(3L * History.LONGEST));
        assertThat(history.of("quiet")).hasSize(1);
    }

    @Test
    void what_is_postponed_again_and_again_is_one_entry() throws IOException {
        var history = History.open(directory);
        for (int i = 0; i < 10; i++) {
            history.note(happening(i, "rotation-postponed", "shop", "away"));
        }
        history.note(happening(11, "rotation-postponed", "shop", "denied"));

        assertThat(history.of("shop")).extracting(Happening::at).containsExactly(T.plusSeconds(11), T.plusSeconds(9));
    }
}
