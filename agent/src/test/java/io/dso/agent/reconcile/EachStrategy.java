package io.dso.agent.reconcile;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A test of each strategy that does something to a container, with a value that its application stands and one that it doesn't. */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
@ParameterizedTest
@CsvSource({
    "SIGNAL, second",
    "SIGNAL, poison",
    "EXEC, second",
    "EXEC, poison",
    "RESTART, second",
    "RESTART, poison",
    "ROLLING, second",
    "ROLLING, poison",
    "AUTO, second",
    "AUTO, poison"
})
@interface EachStrategy {}
