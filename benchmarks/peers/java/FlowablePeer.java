import java.util.Map;
import org.flowable.engine.ProcessEngine;
import org.flowable.engine.ProcessEngineConfiguration;

/** Flowable, embedded, with its full history. */
final class FlowablePeer extends Peer {
    private final ProcessEngine engine;

    private FlowablePeer(ProcessEngine engine) {
        this.engine = engine;
    }

    public static void main(String[] arguments) throws Exception {
        ProcessEngineConfiguration settings = ProcessEngineConfiguration.createStandaloneProcessEngineConfiguration();
        settings.setJdbcDriver("org.postgresql.Driver");
        settings.setJdbcUrl(arguments[0]);
        settings.setJdbcUsername(arguments[1]);
        settings.setJdbcPassword(System.getenv("PGPASSWORD"));
        settings.setDatabaseSchemaUpdate("true");
        settings.setHistory("full");
        settings.setAsyncExecutorActivate(false);
        new FlowablePeer(settings.buildProcessEngine()).serve();
    }

    @Override
    String name() {
        return "Flowable " + ProcessEngine.VERSION;
    }

    @Override
    void deploy(String key, String xml) {
        engine.getRepositoryService().createDeployment().addString(key + ".bpmn20.xml", xml).deploy();
    }

    @Override
    String start(String key) {
        return engine.getRuntimeService().startProcessInstanceByKey(key).getId();
    }

    @Override
    String task(String instance) {
        return engine.getTaskService().createTaskQuery().processInstanceId(instance).singleResult().getId();
    }

    @Override
    void complete(String task, Map<String, Object> variables) {
        engine.getTaskService().complete(task, variables);
    }
}
