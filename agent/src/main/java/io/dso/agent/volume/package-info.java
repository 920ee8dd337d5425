/**
 * Neighbour: the engine as the caller of a volume driver. In: Docker's volume plugin protocol
 * (https://docs.docker.com/engine/extend/plugins_volume/). Out: its answers. Keeps the table of volumes; leaves what a
 * mount holds to {@code reconcile}.
 */
@NullMarked
package io.dso.agent.volume;

import org.jspecify.annotations.NullMarked;
