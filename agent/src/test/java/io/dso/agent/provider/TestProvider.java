package io.dso.agent.provider;

import io.dso.provider.sdk.Changes;
import io.dso.provider.sdk.Description;
import io.dso.provider.sdk.ProviderProcess;
import io.dso.provider.sdk.SecretName;
import io.dso.provider.sdk.SecretStore;
import io.dso.provider.sdk.VersionAnswer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;

/** A provider's process whose behaviour hangs on its configuration and on the path that is asked for. */
final class TestProvider implements SecretStore {
    public static void main(String[] args) {
        ProviderProcess.run(args, config -> {
            switch (config.text("mode", "good")) {
                case "mute" -> awaitForEver();
                case "flood" -> flood();
                default -> {}
            }
            return new TestProvider();
        });
    }

    private static void awaitForEver() {
        try {
            new CountDownLatch(1).await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void flood() {
        var line = "x".repeat(100_000);
        for (int i = 0; i < 100; i++) {
            System.err.println(line);
        }
    }

    @Override
    public Description describe() {
        return new Description("test", "1", Set.of(Description.Ability.WATCH));
    }

    @Override
    public List<VersionAnswer> versions(List<SecretName> names) throws InterruptedException {
        return VersionAnswer.each(names, name -> "1");
    }

    @Override
    public byte[] fetch(SecretName name, String version) {
        switch (name.path()) {
            case "pid" -> {
                return Long.toString(ProcessHandle.current().pid()).getBytes(StandardCharsets.UTF_8);
            }
            case "environment" -> {
                return System.getenv().keySet().toString().getBytes(StandardCharsets.UTF_8);
            }
            case "crash" -> Runtime.getRuntime().halt(3);
            default -> {}
        }
        return new byte[] {1};
    }

    @Override
    public void watch(List<SecretName> names, Changes changes) throws InterruptedException {
        changes.armed();
        new CountDownLatch(1).await();
    }

    @Override
    public void check() {}
}
