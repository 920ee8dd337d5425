package io.dso.agent.bundle;

import java.util.Map;

/**
 * What whoever created a container asked for by its labels.
 *
 * @param container its ID
 * @param labels those of ours that aren't the image's alone; empty if there are none
 */
public record Wishes(String container, Map<String, String> labels) {
    public Wishes {
        labels = Map.copyOf(labels);
    }
}
