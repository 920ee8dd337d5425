package io.dso.provider.aws;

import io.dso.provider.sdk.StoreException;
import io.dso.provider.sdk.StoreFailure;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.ssm.SsmClient;
import software.amazon.awssdk.services.ssm.model.DescribeParametersResponse;
import software.amazon.awssdk.services.ssm.model.ParameterMetadata;
import software.amazon.awssdk.services.ssm.model.ParameterStringFilter;

/** What is known of parameters without their values. */
final class ParameterList {
    private static final int PAGE = 50;

    private final SsmClient client;
    private final Calls calls;

    ParameterList(SsmClient client, Calls calls) {
        this.client = client;
        this.calls = calls;
    }

    /** What is known of one parameter. */
    sealed interface Look {
        record Seen(Written written) implements Look {}

        record Unseen(StoreFailure why) implements Look {}
    }

    /** Looks at all of these; after a failure nothing more is asked. */
    Map<String, Look> find(Set<String> names) throws InterruptedException {
        Map<String, Look> looks = new HashMap<>();
        var rest = new ArrayList<>(names);
        Collections.shuffle(rest); // so that under throttling it isn't always the same ones that wait
        for (int from = 0; from < rest.size(); from += PAGE) {
            var page = rest.subList(from, Math.min(from + PAGE, rest.size()));
            var filter = ParameterStringFilter.builder()
                    .key("Name")
                    .option("Equals")
                    .values(page)
                    .build();
            try {
                each(filter, found -> looks.put(found.name(), new Look.Seen(written(found))));
            } catch (StoreException e) {
                rest.forEach(name -> looks.putIfAbsent(name, new Look.Unseen(e.failure())));
                return looks;
            }
            page.forEach(name -> looks.putIfAbsent(name, new Look.Unseen(ParameterShelf.absent(name))));
        }
        return looks;
    }

    /**
     * All parameters below a path.
     *
     * @param path ends with a slash
     * @param most how many there may be
     */
    SortedMap<String, Written> below(String path, int most) throws StoreException, InterruptedException {
        var filter = ParameterStringFilter.builder()
                .key("Path")
                .option("Recursive")
                .values(path.length() == 1 ? path : path.substring(0, path.length() - 1))
                .build();
        var all = new TreeMap<String, Written>();
        var tooMany = new ArrayList<String>();
        each(filter, found -> {
            if (all.size() < most) {
                all.put(found.name(), written(found));
            } else {
                tooMany.add(found.name());
            }
        });
        if (!tooMany.isEmpty()) {
            throw StoreException.invalid("there are more than " + most + " parameters below " + path);
        }
        return all;
    }

    private void each(ParameterStringFilter filter, Consumer<ParameterMetadata> taker)
            throws StoreException, InterruptedException {
        @Nullable String next = null;
        do {
            var page = page(filter, next);
            page.parameters().forEach(taker);
            next = page.nextToken();
        } while (next != null && !next.isEmpty());
    }

    private DescribeParametersResponse page(ParameterStringFilter filter, @Nullable String next)
            throws StoreException, InterruptedException {
        return calls.ask(
                "the list of parameters",
                () -> client.describeParameters(
                        ask -> ask.parameterFilters(filter).maxResults(PAGE).nextToken(next)));
    }

    private static Written written(ParameterMetadata found) {
        return Written.of(found.version(), found.lastModifiedDate());
    }
}
