import java.util.Map;
import org.camunda.bpm.engine.ProcessEngine;
import org.camunda.bpm.engine.ProcessEngineConfiguration;
import org.camunda.bpm.engine.impl.cfg.ProcessEngineConfigurationImpl;

/** Camunda, embedded, with its full history. */
final class CamundaPeer extends Peer {
    private final ProcessEngine engine;

    private CamundaPeer(ProcessEngine engine) {
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
        settings.setJobExecutorActivate(false);
        ((ProcessEngineConfigurationImpl) settings).setEnforceHistoryTimeToLive(false);
        new CamundaPeer(settings.buildProcessEngine()).serve();
    }

    @Override
    String name() {
        return "Camunda " + ProcessEngine.class.getPackage().getImplementationVersion();
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
