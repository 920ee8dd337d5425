package io.dso.agent.record;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jboss.logging.Logger;

/**
 * What became of rotations and what operators ordered, as the events told it; the last {@value #LONGEST} of each bundle,
 * on RAM. A rotation that is postponed again and again for the same reason is one entry, with the time of the last.
 * Thread-safe.
 */
public final class History {
    private static final Logger LOG = Logger.getLogger(History.class);
    /** Entries of a bundle. */
    public static final int LONGEST = 100;

    /** In place of a name: what was ordered for all bundles. */
    private static final String ALL = "*";

    /** That {@code auto} restarts, and why. */
    private static final String CHOSEN = "strategy-chosen";

    /** Events that are kept. */
    private static final Set<String> KEPT =
            Set.of(CHOSEN, "rotated", "rolled-back", "rotation-postponed", "rotation-ended", "ordered");

    /** Verbs that order no version: what they lead to is kept. */
    private static final Set<String> LOOKS = Set.of("sync", "reload");

    private final Section<Past> pasts;

    /** A bundle's entries, oldest first. */
    private record Past(String bundle, List<Happening> entries) {
        private Past with(Happening newest) {
            var all = new ArrayList<>(entries);
            if (!all.isEmpty() && again(all.getLast(), newest)) {
                all.removeLast();
            }
            all.add(newest);
            return new Past(bundle, List.copyOf(all.subList(Math.max(0, all.size() - LONGEST), all.size())));
        }

        private static boolean again(Happening before, Happening now) {
            return now.type().equals("rotation-postponed")
                    && before.type().equals(now.type())
                    && before.attributes().equals(now.attributes());
        }
    }

    private History(Section<Past> pasts) {
        this.pasts = pasts;
    }

    /**
     * Opens.
     *
     * @param directory on RAM
     */
    public static History open(Path directory) throws IOException {
        return new History(Section.open(directory, PAST));
    }

    /** Keeps an event, if it is one of those. Never fails: it is no reason to stop what is told about. */
    public void note(Happening happening) {
        boolean looks = LOOKS.contains(happening.attributes().getOrDefault("verb", ""));
        if (!KEPT.contains(happening.type()) || looks) {
            return;
        }
        var bundle = happening.attributes().getOrDefault("bundle", ALL);
        try {
            synchronized (pasts) {
                pasts.put(pasts.get(bundle).orElse(new Past(bundle, List.of())).with(happening));
            }
        } catch (RuntimeException e) {
            LOG.errorf(e, "an entry of the history is lost bundle=%s", bundle);
        }
    }

    /** A bundle's entries and those about all bundles, newest first. */
    public List<Happening> of(String bundle) {
        return newestFirst(Stream.of(bundle, ALL).flatMap(name -> pasts.get(name).stream()));
    }

    /** Why {@code auto} last restarted a container instead of replacing it; empty if it didn't lately. */
    public Optional<String> whyRestarted(String bundle, String container) {
        return of(bundle).stream()
                .filter(entry -> entry.type().equals(CHOSEN)
                        && container.equals(entry.attributes().get("id")))
                .findFirst()
                .map(entry -> entry.attributes().getOrDefault("why", ""));
    }

    /** All bundles' entries, newest first. */
    public List<Happening> all() {
        return newestFirst(pasts.all().stream());
    }

    private static List<Happening> newestFirst(Stream<Past> pasts) {
        var entries =
                new ArrayList<>(pasts.flatMap(past -> past.entries().stream()).toList());
        Collections.reverse(entries); // what has the same time stays in order
        entries.sort(Comparator.comparing(Happening::at).reversed());
        return List.copyOf(entries);
    }

    private static final Section.Codec<Past> PAST = new Section.Codec<>() {
        @Override
        public String key(Past past) {
            return past.bundle();
        }

        @Override
        public void write(Past past, ObjectNode to) {
            to.put("bundle", past.bundle());
            var entries = to.putArray("entries");
            for (var entry : past.entries()) {
                var node = entries.addObject();
                node.put("at", entry.at().toString());
                node.put("type", entry.type());
                var attributes = node.putObject("attributes");
                entry.attributes().forEach(attributes::put);
            }
        }

        @Override
        public Past read(JsonNode from) {
            var entries = new ArrayList<Happening>();
            for (var node : from.path("entries")) {
                Map<String, String> attributes = new LinkedHashMap<>();
                node.path("attributes")
                        .properties()
                        .forEach(member -> attributes.put(
                                member.getKey(), member.getValue().asText()));
                entries.add(new Happening(
                        Said.instant(node.path("at").asText()),
                        node.path("type").asText(),
                        attributes));
            }
            return new Past(from.path("bundle").asText(), List.copyOf(entries));
        }
    };
}
