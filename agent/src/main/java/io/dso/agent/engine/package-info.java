/**
 * Neighbour: the Docker engine. In: questions and orders about containers. Out: plain records and events. The only room
 * that knows docker-java; decides nothing.
 */
@NullMarked
package io.dso.agent.engine;

import org.jspecify.annotations.NullMarked;
