package io.dso.agent.record;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The page for operators and what is counted are the same. */
class MetricsPageTest {
    private static final Pattern ROW = Pattern.compile("^\\| `(dso_\\w+)`", Pattern.MULTILINE);

    @Test
    void every_metric_stands_in_the_docs_and_nothing_else_does() throws IOException {
        var registry = new SimpleMeterRegistry();
        new Metrics(registry).provider("local", () -> true);

        var counted = registry.getMeters().stream()
                .map(Meter::getId)
                .map(MetricsPageTest::prometheusName)
                .collect(Collectors.toSet());

        var page = Files.readString(Path.of("../docs/metrics.md"));
        assertThat(ROW.matcher(page).results().map(row -> row.group(1))).hasSameElementsAs(counted);
    }

    /** As Micrometer's registry for Prometheus names them. */
    private static String prometheusName(Meter.Id id) {
        var name = id.getName().replace('.', '_');
        return switch (id.getType()) {
            case COUNTER -> name + "_total";
            case TIMER -> name + "_seconds";
            default -> name;
        };
    }
}
