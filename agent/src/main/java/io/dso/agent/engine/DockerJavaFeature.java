package io.dso.agent.engine;

import com.github.dockerjava.zerodep.shaded.org.apache.hc.client5.http.psl.PublicSuffixMatcherLoader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Objects;
import java.util.jar.JarFile;
import org.graalvm.nativeimage.hosted.Feature;
import org.graalvm.nativeimage.hosted.RuntimeReflection;

/**
 * Registers for reflection, when a native executable is built, what Jackson reads and writes for docker-java: its model and
 * its commands. docker-java ships no metadata of its own. And has its HTTP client parse the list of public suffixes then: at
 * each start that took an eighth of the time, for certificates of engines behind TLS.
 */
public final class DockerJavaFeature implements Feature {
    private static final String NEEDED = "com/github/dockerjava/(api/(model|command)|core/command|core)/[^/]+\\.class";

    @Override
    public void beforeAnalysis(BeforeAnalysisAccess access) {
        PublicSuffixMatcherLoader.getDefault();
        for (Path entry : access.getApplicationClassPath()) {
            if (!entry.getFileName().toString().contains("docker-java-")
                    || !entry.toString().endsWith(".jar")) {
                continue;
            }
            try (JarFile jar = new JarFile(entry.toFile())) {
                jar.stream()
                        .map(file -> file.getName())
                        .filter(name -> name.matches(NEEDED))
                        .map(name -> access.findClassByName(
                                name.substring(0, name.length() - 6).replace('/', '.')))
                        .filter(Objects::nonNull)
                        .forEach(DockerJavaFeature::register);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private static void register(Class<?> type) {
        try {
            RuntimeReflection.register(type);
            RuntimeReflection.register(type.getDeclaredConstructors());
            RuntimeReflection.register(type.getDeclaredMethods());
            RuntimeReflection.register(type.getDeclaredFields());
        } catch (NoClassDefFoundError e) {
            // Needs an optional library that is not there, and so can't be used either.
        }
    }
}
