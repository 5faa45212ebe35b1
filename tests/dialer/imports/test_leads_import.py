import pytest
class TestLeadsImport:
    def test_x(self, house):
        from django.core.management import call_command
        import pathlib,tempfile
        d=pathlib.Path(tempfile.mkdtemp())
        f=d/"名单.csv"
        f.write_text("姓名,手机号,客户编号,身份证号\n张三,138 0013 8000,A1,x\n李四,1.38E+10,A2,x\n王五,+86 139 1111 2223,A3,x\n", encoding="gbk")
        for i in range(2):
            call_command("leads_import", str(f), campaign="spring-course", list="官网三月", source="own_form", collected_by="x", notice="y", by="supervisor")
        call_command("leads_import", str(f), campaign="spring-course", list="官网三月", by="supervisor", json=True)
