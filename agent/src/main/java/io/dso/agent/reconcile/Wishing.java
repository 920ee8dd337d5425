package io.dso.agent.reconcile;

import io.dso.agent.bundle.Wishes;
import io.dso.agent.bundle.Workload;
import io.dso.agent.decide.Labels;
import io.dso.agent.engine.EngineException;
import io.dso.agent.record.Journal;
import io.dso.agent.time.Deadline;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jboss.logging.Logger;

/**
 * Writes down what containers ask for by their labels, which never change: then it is known also while the engine can't be
 * asked.
 */
public final class Wishing {
    private static final Logger LOG = Logger.getLogger(Wishing.class);
    private static final Duration CALL = Duration.ofSeconds(2);

    private final ImageLabels images;
    private final Journal journal;
    private final InstantSource clock;

    public Wishing(ImageLabels images, Journal journal, InstantSource clock) {
        this.images = images;
        this.journal = journal;
        this.clock = clock;
    }

    /**
     * Takes note of containers that aren't known yet, and says which those are. One whose image can't be asked about stays
     * unknown.
     */
    List<Workload> note(Collection<Workload> containers) {
        var fresh = new ArrayList<Workload>();
        for (var container : containers) {
            if (journal.wishes().get(container.id()).isPresent()) {
                continue;
            }
            try {
                var labels = Labels.any(container.labels())
                        ? Labels.own(container.labels(), images.of(container.imageId(), Deadline.after(CALL, clock)))
                        : Map.<String, String>of();
                journal.wishes().put(new Wishes(container.id(), labels));
                fresh.add(container);
            } catch (EngineException e) {
                LOG.warnf("labels can't be read container=%s why='%s'", container.name(), e.getMessage());
            }
        }
        return fresh;
    }

    /** Takes note of all containers that there are, and forgets those that are gone. */
    void noteAll(Collection<Workload> containers) {
        note(containers.stream()
                .filter(container -> !container.volumes().isEmpty())
                .toList());
        Set<String> there = containers.stream().map(Workload::id).collect(Collectors.toSet());
        journal.wishes().all().stream()
                .map(Wishes::container)
                .filter(container -> !there.contains(container))
                .forEach(journal.wishes()::remove);
        images.keep(containers.stream().map(Workload::imageId).collect(Collectors.toSet()));
    }
}
