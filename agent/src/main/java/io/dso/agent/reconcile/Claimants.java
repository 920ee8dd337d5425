package io.dso.agent.reconcile;

import io.dso.agent.bundle.Bundle;
import io.dso.agent.bundle.VolumeDefinition;
import io.dso.agent.bundle.Workload;
import io.dso.agent.decide.Grants;
import io.dso.agent.decide.Verdict;
import io.dso.agent.engine.Engine;
import io.dso.agent.engine.EngineException;
import io.dso.agent.problem.DsoException;
import io.dso.agent.problem.Problem;
import io.dso.agent.problem.ProblemId;
import io.dso.agent.time.Deadline;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Finds out for whom a volume is being mounted, and whether they may have it. */
final class Claimants {
    /** Leaves most of a mount's deadline to the store when the engine doesn't answer because it waits for us. */
    private static final Duration ENGINE = Duration.ofSeconds(2);

    private final Engine engine;
    private final ImageLabels images;

    Claimants(Engine engine, ImageLabels images) {
        this.engine = engine;
        this.images = images;
    }

    /**
     * The containers that may be the one being started: those which use the volume and don't run. By the list call, since
     * inspect waits until the start is over (docs/engine.md F13). Empty if the engine doesn't answer and the volume was granted
     * before (docs/engine.md F15).
     *
     * @throws DsoException (ENGINE_UNAVAILABLE) if it doesn't answer and the volume never was
     */
    Optional<List<Workload>> of(VolumeDefinition volume, Deadline deadline) {
        try {
            return Optional.of(engine.containersUsing(volume.name(), deadline.atMost(ENGINE)).stream()
                    .filter(workload -> !workload.running())
                    .toList());
        } catch (EngineException e) {
            if (volume.granted()) {
                return Optional.empty();
            }
            throw new DsoException(
                    new Problem(
                            ProblemId.ENGINE_UNAVAILABLE,
                            "who mounts volume %s can't be checked: %s".formatted(volume.name(), e.getMessage()),
                            "volume " + volume.name(),
                            "start the container again when the agent reaches the engine"),
                    e);
        }
    }

    /**
     * Checks one of them.
     *
     * @throws DsoException (NOT_GRANTED) with the rule that is missing
     */
    void check(Bundle bundle, Workload workload, Deadline deadline) {
        var labels =
                Grants.needsImageLabels(bundle.allow()) ? imageLabels(workload, deadline) : Map.<String, String>of();
        switch (Grants.check(bundle, workload, labels)) {
            case Verdict.Granted() -> {}
            case Verdict.Denied(var why, var fix) ->
                throw new DsoException(new Problem(
                        ProblemId.NOT_GRANTED,
                        "container %s may not mount bundle %s: %s".formatted(workload.name(), bundle.name(), why),
                        "bundles." + bundle.name() + ".allow",
                        fix));
        }
    }

    private Map<String, String> imageLabels(Workload workload, Deadline deadline) {
        try {
            return images.of(workload.imageId(), deadline.atMost(ENGINE));
        } catch (EngineException e) {
            throw new DsoException(
                    new Problem(
                            ProblemId.ENGINE_UNAVAILABLE,
                            "the image of container %s can't be checked: %s".formatted(workload.name(), e.getMessage()),
                            "container " + workload.name(),
                            "start it again when the agent reaches the engine"),
                    e);
        }
    }
}
