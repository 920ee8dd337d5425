package io.dso.agent.reconcile;

import io.dso.agent.engine.Engine;
import io.dso.agent.engine.EngineException;
import io.dso.agent.time.Deadline;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The labels of images, each asked for once: an image never changes under its ID. */
public final class ImageLabels {
    private final Engine engine;
    private final Map<String, Map<String, String>> known = new ConcurrentHashMap<>();

    public ImageLabels(Engine engine) {
        this.engine = engine;
    }

    /** @throws EngineException if they aren't known and the engine doesn't say */
    Map<String, String> of(String imageId, Deadline deadline) {
        var labels = known.get(imageId);
        if (labels == null) {
            labels = engine.imageLabels(imageId, deadline);
            known.put(imageId, labels);
        }
        return labels;
    }

    /** Forgets those of other images. */
    void keep(Collection<String> imageIds) {
        known.keySet().retainAll(imageIds);
    }
}
