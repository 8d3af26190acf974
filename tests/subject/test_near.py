"""Near names: what a person has to compare, and what is plainly something else."""

import pytest

from reportgen.subject.near import near


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("房建工程", "房屋建筑工程"),
        ("房屋建筑工程施工总承包", "建筑工程施工总承包"),
        ("建筑工程施工", "建筑工程施工总承包"),
        ("塔吊", "塔式起重机"),
        ("汽车吊", "汽车起重机"),
        ("挖机", "挖掘机"),
        ("沥青砼摊铺机", "沥青混凝土摊铺机"),
        ("一级建造师", "注册建造师"),
        ("项目负责人", "项目经理"),
        ("安全生产许可", "安全生产许可证"),
        ("市政工程", "市政公用工程"),
    ],
)
def test_names_of_perhaps_one_class_are_near_either_way(one: str, other: str) -> None:
    assert near(one, other)
    assert near(other, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("公路工程", "公路工程"),
        ("公路工程施工总承包", "水利工程施工总承包"),
        ("建筑工程施工总承包", "建筑工程专业承包"),
        ("公路工程", "公路工程设计"),
        ("市政公用工程", "建筑工程"),
        ("塔式起重机", "汽车起重机"),
        ("质量管理体系认证", "环境管理体系认证"),
        ("技术负责人", "项目负责人"),
        ("", "建筑工程"),
    ],
)
def test_one_name_and_names_of_other_classes_are_not_near(one: str, other: str) -> None:
    assert not near(one, other)
    assert not near(other, one)
