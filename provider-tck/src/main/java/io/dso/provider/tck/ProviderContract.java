package io.dso.provider.tck;

import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.IOException;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * The conformance kit as a JUnit suite: one test a check. Extend it, and say what is tried.
 *
 * <pre>{@code
 * class MyProviderTest extends ProviderContract {
 *     @Override
 *     protected Subject subject() { … }
 * }
 * }</pre>
 */
public abstract class ProviderContract {

    /** What is tried. Asked once, before the first check. */
    protected abstract Subject subject() throws IOException;

    @TestFactory
    Stream<DynamicTest> the_provider_keeps_the_contract() throws IOException {
        var bench = Bench.of(subject());
        return Kit.checks().stream()
                .map(check -> DynamicTest.dynamicTest(check.id() + ": " + check.sentence(), () -> {
                    switch (Kit.make(check, bench).outcome()) {
                        case Outcome.Passed() -> {}
                        case Outcome.Failed(var why) -> fail(why);
                        case Outcome.Skipped(var why) -> abort(why);
                    }
                }))
                .onClose(bench::close);
    }
}
