package io.dso.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dso.bench.Row.Budget;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReportTest {
    private static final String EMPTY = "# Title\n<!-- measured -->\n<!-- /measured -->\nrest\n";

    @Test
    void a_section_comes_between_the_markers_and_the_rest_stays() {
        assertThat(Report.put(EMPTY, "jvm-29", "new\n")).isEqualTo("""
                        # Title
                        <!-- measured -->
                        <!-- section jvm-29 -->
                        new
                        <!-- /section -->
                        <!-- /measured -->
                        rest
                        """);
    }

    @Test
    void a_second_run_replaces_its_own_section_alone() {
        var both = Report.put(Report.put(EMPTY, "jvm-29", "jvm\n"), "native-29", "old\n");

        var again = Report.put(both, "native-29", "a $1 and a \\ back slash\n");

        assertThat(again).contains("jvm\n", "a $1 and a \\ back slash\n").doesNotContain("old");
    }

    @Test
    void native_stands_before_jvm_and_a_newer_engine_before_an_older_one() {
        var document = EMPTY;
        for (var key : List.of("jvm-20.10", "native-20.10", "jvm-29", "native-29")) {
            document = Report.put(document, key, "");
        }

        assertThat(document.lines().filter(line -> line.startsWith("<!-- section")))
                .extracting(line -> line.split(" ")[2])
                .containsExactly("native-29", "native-20.10", "jvm-29", "jvm-20.10");
    }

    @Test
    void a_document_without_markers_is_left_alone() {
        assertThatThrownBy(() -> Report.put("# Title\n", "jvm-29", "")).hasMessageContaining("<!-- measured -->");
    }

    @Test
    void a_row_tells_its_budget_and_whether_it_is_met() {
        var rows = List.of(
                Row.of("start", Budget.atMost(10, "ms"), 10.01, "10.0 ms"),
                Row.of("p50", Budget.atMost(20, "ms"), 20, "20.0 ms"),
                Row.beside("other", "5 ms"));

        assertThat(Report.table(rows).lines().skip(2))
                .containsExactly(
                        "| start | ≤ 10 ms | 10.0 ms | **missed** |",
                        "| p50 | ≤ 20 ms | 20.0 ms | met |",
                        "| other |  | 5 ms |  |");
    }
}
