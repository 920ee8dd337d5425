package io.dso.agent;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The direction of dependencies: socket → volume, control → reconcile → the steps → engine, provider → bundle → secret. */
class ArchitectureTest {
    private static final JavaClasses AGENT = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("io.dso.agent");

    private static final String STEPS = "watch decide fetch render inject rotate verify record";

    private static String[] rooms(String names) {
        return names.lines()
                .flatMap(line -> java.util.Arrays.stream(line.trim().split(" ")))
                .map(ArchitectureTest::room)
                .toArray(String[]::new);
    }

    private static String room(String name) {
        return "io.dso.agent." + name + "..";
    }

    private static void check(ArchRule rule) {
        rule.check(AGENT);
    }

    /** Each room and all rooms of ours that it may use. */
    @ParameterizedTest
    @CsvSource({
        "secret,    ''",
        "time,      ''",
        "problem,   ''",
        "bundle,    secret",
        "decide,    bundle secret",
        "render,    bundle secret",
        "engine,    bundle secret time",
        "provider,  bundle secret time problem",
        "record,    bundle secret",
        "fetch,     provider record bundle secret time",
        "inject,    fetch render bundle secret time problem",
        "verify,    engine bundle secret time",
        "rotate,    decide inject verify record engine bundle secret time",
        "watch,     fetch engine record bundle secret time",
        "reconcile, watch decide fetch render inject rotate verify record engine provider bundle secret time problem",
        "volume,    reconcile inject record bundle secret time problem",
        "control,   reconcile rotate watch record provider health bundle secret time problem",
        "config,    bundle secret problem",
        "health,    problem time",
        "socket,    problem time",
    })
    void a_room_uses_only_rooms_below_it(String room, String below) {
        var allowed = new ArrayList<String>();
        allowed.add(room(room));
        if (!below.isEmpty()) {
            allowed.addAll(List.of(rooms(below)));
        }
        check(classes()
                .that()
                .resideInAPackage(room(room))
                .should()
                .onlyDependOnClassesThat(not(resideInAPackage("io.dso.agent.."))
                        .or(resideInAnyPackage(allowed.toArray(String[]::new)))));
    }

    @Test
    void there_are_no_cycles_between_rooms() {
        check(slices().matching("io.dso.agent.(*)..").should().beFreeOfCycles());
    }

    @Test
    void nobody_uses_the_root() {
        check(noClasses()
                .that()
                .resideInAPackage("io.dso.agent.*..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.dso.agent"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"secret", "bundle", "time", "problem"})
    void things_are_made_of_the_jdk_alone(String room) {
        check(classes()
                .that()
                .resideInAPackage(room(room))
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage("java..", "io.dso.agent.secret..", room(room), "org.jspecify.annotations.."));
    }

    @ParameterizedTest
    @ValueSource(strings = {"decide", "render"})
    void what_is_pure_does_no_input_or_output_and_has_no_clock(String room) {
        check(classes()
                .that()
                .resideInAPackage(room(room))
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(
                        "java.lang..",
                        "java.util",
                        "java.util.function",
                        "java.util.stream",
                        "java.nio",
                        "java.nio.charset",
                        "io.dso.agent.bundle..",
                        "io.dso.agent.secret..",
                        room(room),
                        "org.jspecify.annotations.."));
    }

    @Test
    void only_engine_knows_docker_java() {
        check(noClasses()
                .that()
                .resideOutsideOfPackage(room("engine"))
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("com.github.dockerjava.."));
    }

    @Test
    void only_those_at_the_wire_see_generated_classes() {
        check(noClasses()
                .that()
                .resideOutsideOfPackages(room("provider"), room("control"), "io.dso.agent")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.dso.provider.v1..", "io.dso.control.v1.."));
    }

    @Test
    void only_those_at_the_wire_know_grpc_and_netty() {
        check(noClasses()
                .that()
                .resideOutsideOfPackages(room("provider"), room("control"), room("socket"), "io.dso.agent")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.grpc..", "io.netty.."));
    }

    @Test
    void only_config_knows_how_configuration_is_read() {
        check(noClasses()
                .that()
                .resideOutsideOfPackage(room("config"))
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.smallrye.config..", "org.yaml.."));
    }

    @Test
    void only_the_root_health_and_config_know_the_framework() {
        check(noClasses()
                .that()
                .resideOutsideOfPackages("io.dso.agent", room("health"), room("config"))
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "io.quarkus..", "jakarta..", "org.eclipse.microprofile..", "io.vertx..", "io.smallrye.."));
    }

    @Test
    void steps_know_nothing_of_who_calls() {
        check(noClasses()
                .that()
                .resideInAnyPackage(rooms(STEPS))
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(rooms("volume control socket config health reconcile")));
    }

    @Test
    void nothing_reflects_or_calls_native_code() {
        check(noClasses()
                .that()
                .doNotHaveSimpleName("DockerJavaFeature")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("java.lang.reflect..", "java.lang.foreign..", "java.lang.invoke")
                .because("it has to work in a native executable"));
    }
}
